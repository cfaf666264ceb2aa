import type { Clock } from '@latchkey/core'
import type { RequestView, ResponseCookie } from '@latchkey/core/adapter'
import type { Sealer } from './sealer.js'

/** A log-in that has begun: what the callback compares with. */
export interface PendingLogIn {
  /** In the request to the provider and back (RFC 6749 §10.12); also the end of the cookie's name. */
  readonly state: string
  /** In the request and in the ID token (OpenID Connect Core §15.5.2). */
  readonly nonce: string
  /** The PKCE code verifier (RFC 7636). */
  readonly verifier: string
  /** Path on this origin. */
  readonly returnTo: string
  /** Seconds since the epoch. */
  readonly until: number
}

/** Keeps pending log-ins in the browser that began them, each sealed in a cookie of its own, so that tabs do not meet. */
export interface PendingLogIns {
  /** The cookies to set: the new one, and those to remove where a browser has begun too many. */
  keep(view: RequestView, pending: Omit<PendingLogIn, 'until'>): Promise<readonly ResponseCookie[]>
  /** The log-in of that state; undefined where this browser has begun none, or too long ago. */
  find(view: RequestView, state: string): Promise<PendingLogIn | undefined>
  /** What removes the cookie. */
  clear(state: string): ResponseCookie
}

const lives = 600
const most = 5
const prefix = '__Host-login-'
const nameForm = new RegExp(`(?:^|;\\s*)(${prefix}[A-Za-z0-9_-]{43})=([^;]*)`, 'g')

export function createPendingLogIns(sealer: Sealer, clock: Clock): PendingLogIns {
  // Lax: the provider's redirect is a navigation from another site.
  const cookie = (name: string, value: string, maxAge: number): ResponseCookie => {
    return { name, value, maxAge, path: '/', domain: undefined, secure: true, sameSite: 'Lax' }
  }
  return {
    keep: async (view, pending) => {
      const sealed = await sealer.seal('log-in', { ...pending, until: clock() + lives })
      const others = cookiesOf(view)
        .slice(most - 1)
        .map(([name]) => cookie(name, '', 0))
      return [cookie(prefix + pending.state, sealed, lives), ...others]
    },
    find: async (view, state) => {
      const values = cookiesOf(view).filter(([name]) => name === prefix + state)
      // Two of one name: somebody else has set one of them, which no browser lets them do with this prefix.
      const [, sealed] = (values.length === 1 && values[0]) || []
      const pending = sealed === undefined ? undefined : await sealer.open('log-in', sealed)
      return isPending(pending) && pending.state === state && clock() < pending.until ? pending : undefined
    },
    clear: (state) => cookie(prefix + state, '', 0),
  }
}

function cookiesOf(view: RequestView): (readonly [name: string, value: string])[] {
  const found = (view.header('cookie') ?? '').matchAll(nameForm)
  return [...found].map(([, name = '', value = '']) => [name, value] as const)
}

/** What was sealed here has this form; another version of this library may have another. */
function isPending(value: unknown): value is PendingLogIn {
  if (typeof value !== 'object' || value === null) return false
  const { state, nonce, verifier, returnTo, until } = value as Record<string, unknown>
  return [state, nonce, verifier, returnTo].every((each) => typeof each === 'string') && typeof until === 'number'
}
