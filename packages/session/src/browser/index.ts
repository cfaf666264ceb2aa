/**
 * For pages: a `fetch` that refreshes the session when its access token has expired.
 *
 * @module @latchkey/session/browser
 */

/** Options of `createCall`. */
export interface CallOptions {
  /** The path at which the app has mounted `session.refresh`. Default `/session/refresh`. */
  readonly refresh?: string
}

/** Sends a request like `fetch`, and refreshes the session when that is needed. */
export type Call = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** The part of the Web Locks API that is used. */
interface Locks {
  request<T>(name: string, options: object, held: (lock: object | null) => T): Promise<Awaited<T>>
}

/**
 * Makes a `fetch` that refreshes the session once after an answer of 401, and then sends the request again. Calls that need a
 * refresh at the same time share one, through Web Locks also those of all tabs. Every current browser has Web Locks over https
 * and on `localhost`, but not over plain http from another host. Without them each tab refreshes by itself, and three at once
 * can come in an order that looks like theft, which ends the session.
 *
 * It gives the answer to the request. If the refresh fails with another status than 401, it gives the answer to the refresh. So
 * 401 always means that nobody is signed in, and 503 means to try again later. If the session is bound to the device (403
 * `proof_required`), the browser refreshes by itself, and the request is sent again. A 401 that asks for a stronger log-in (RFC
 * 9470) is given unchanged.
 *
 * It rejects like `fetch` if the network fails, and if a refresh takes more than 10 seconds.
 */
export function createCall({ refresh = '/session/refresh' }: CallOptions = {}): Call {
  const navigator: { readonly locks?: Locks } | undefined = Reflect.get(globalThis, 'navigator')
  const locks = navigator?.locks
  let refreshing: Promise<Response | null> | undefined

  function post(): Promise<Response> {
    return fetch(refresh, { method: 'POST', signal: AbortSignal.timeout(10_000) })
  }

  /** Gives null if another tab was refreshing. That has ended by then, well or not, which the repeated request shows. */
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

/** The result of `createCall()`, for an app whose refresh route is `/session/refresh`. */
export const call: Call = createCall()

function needsRefresh({ status, headers }: Response): boolean {
  return status === 401 && !headers.get('www-authenticate')?.includes('insufficient_user_authentication')
}

async function isBound(answer: Response): Promise<boolean> {
  return answer.status === 403 && (await answer.clone().text()).includes('"proof_required"')
}
