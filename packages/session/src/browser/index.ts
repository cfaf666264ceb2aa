/**
 * For pages: a `fetch` that refreshes the session where its access token is over.
 *
 * @module @latchkey/session/browser
 */

/** How `createCall` refreshes. */
export interface CallOptions {
  /** Where the app has mounted `session.refresh`. Default `/session/refresh`. */
  readonly refresh?: string
}

/** Sends a request as `fetch` does, with a session that refreshes itself. */
export type Call = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** As much of the Web Locks API as is used. */
interface Locks {
  request<T>(name: string, options: object, held: (lock: object | null) => T): Promise<Awaited<T>>
}

/**
 * Makes a `fetch` that, answered with 401, refreshes the session once and sends the request again. Calls that need it at the
 * same time share one refresh, those of other tabs too where the browser has Web Locks.
 *
 * It gives the request's answer, or that of the refresh where this is neither a success nor a 401: so 401 always means that
 * nobody is signed in, and 503 to try again later. Where the session is bound to the device (403 `proof_required`), the
 * browser refreshes by itself and the request is sent again. A 401 that asks for a stronger log-in (RFC 9470) is given as it is.
 *
 * Rejects as `fetch` does where the network fails, and where a refresh takes over 10 s.
 */
export function createCall({ refresh = '/session/refresh' }: CallOptions = {}): Call {
  const navigator: { readonly locks?: Locks } | undefined = Reflect.get(globalThis, 'navigator')
  const locks = navigator?.locks
  let refreshing: Promise<Response | null> | undefined

  function post(): Promise<Response> {
    return fetch(refresh, { method: 'POST', signal: AbortSignal.timeout(10_000) })
  }

  /** Null where another tab was at it, which has ended by then, well or not: the request sent again will tell. */
  async function refreshAmongTabs(mayJoin: boolean): Promise<Response | null> {
    if (locks === undefined) return post()
    const answer = await locks.request(refresh, { ifAvailable: mayJoin }, (lock) => lock && post())
    return answer ?? locks.request(refresh, { mode: 'shared' }, () => null)
  }

  return async (input, init) => {
    const request = new Request(input, init)
    const send = () => fetch(request.clone())
    let response = await send()
    for (const mayJoin of [true, false]) {
      if (!needsRefresh(response)) break
      refreshing ??= refreshAmongTabs(mayJoin).finally(() => {
        refreshing = undefined
      })
      const answer = await refreshing
      if (answer?.status === 401) break
      if (answer !== null && !answer.ok && !(await isBound(answer))) return answer.clone()
      response = await send()
      if (answer !== null) break
    }
    return response
  }
}

/** `createCall()`: for an app that has its refresh route at `/session/refresh`. */
export const call: Call = createCall()

function needsRefresh({ status, headers }: Response): boolean {
  return status === 401 && !headers.get('www-authenticate')?.includes('insufficient_user_authentication')
}

async function isBound(answer: Response): Promise<boolean> {
  return answer.status === 403 && (await answer.clone().text()).includes('"proof_required"')
}
