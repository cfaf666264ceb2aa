import type { Clock } from '@latchkey/core'
import type { RequestView, ResponseCookie } from '@latchkey/core/adapter'
import type { Sealer } from './sealer.js'

/** A log-in that has started. The callback compares its values. */
export interface PendingLogIn {
  /** Sent to the provider and back (RFC 6749 §10.12). It is also the end of the cookie's name. */
  readonly state: string
  /** Sent to the provider, and back in the ID token (OpenID Connect Core §15.5.2). */
  readonly nonce: string
  /** The PKCE code verifier (RFC 7636 §4.1). */
  readonly verifier: string
  /** The path on this origin to go to after the log-in. */
  readonly returnTo: string
  /** Until when the log-in must be finished, in seconds since the epoch. */
  readonly until: number
}

/**
 * Keeps pending log-ins in the browser that has started them: each encrypted in a cookie of its own, so that several tabs can
 * log in.
 */
export interface PendingLogIns {
  /** Gives the cookies to set: the new one, and those to remove if the browser has started too many. */
  keep(view: RequestView, pending: Omit<PendingLogIn, 'until'>): Promise<readonly ResponseCookie[]>
  /** Finds the log-in with that state; undefined if this browser has not started it, or too long ago. */
  find(view: RequestView, state: string): Promise<PendingLogIn | undefined>
  /** Gives the cookie that removes it. */
  clear(state: string): ResponseCookie
}

const lives = 600
const most = 5
const prefix = '__Host-login-'
const nameForm = new RegExp(`(?:^|;\\s*)(${prefix}[A-Za-z0-9_-]{43})=([^;]*)`, 'g')

/** Makes the part that keeps pending log-ins in cookies. A log-in must be finished within 10 minutes; a browser can have 5. */
export function createPendingLogIns(sealer: Sealer, clock: Clock): PendingLogIns {
  // Lax, because the provider's redirect is a navigation from another site.
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
      // Two cookies of one name are refused. With this prefix, no browser lets another host set one.
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

/** Whether a decrypted value has the form of a pending log-in. Another version of this library may have another form. */
function isPending(value: unknown): value is PendingLogIn {
  if (typeof value !== 'object' || value === null) return false
  const { state, nonce, verifier, returnTo, until } = value as Record<string, unknown>
  return [state, nonce, verifier, returnTo].every((each) => typeof each === 'string') && typeof until === 'number'
}
