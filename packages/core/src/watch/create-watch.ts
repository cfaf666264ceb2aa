import type { Auth } from '../auth.js'
import { AuthError } from '../auth-error.js'
import { emitDenied } from '../authenticate.js'
import type { Clock } from '../clock.js'
import { ConfigError } from '../config-error.js'
import type { DeniedEvent, Emit } from '../events.js'
import { verifiedOf } from '../token/origin.js'
import type { VerifiedToken } from '../token/verified-token.js'
import type { VerifyToken } from '../verify-token.js'
import { isOver, type Watched, Watches } from './watches.js'

/** An identity that is watched while a connection lasts. */
export interface Watch<Claims extends object> {
  /**
   * Exchanges the token for another good one of the same issuer and subject; its `exp` counts from now on, earlier or later.
   * Any other ends the watch at once, a token bound to a key (`cnf`) or in place of a bound one included: nothing here could
   * prove it. What the new token grants is for the app to compare.
   *
   * @param token as it came in, whatever it is
   * @returns who is calling now; null where the watch has ended. Never rejects.
   */
  renew(token: unknown): Promise<Auth<Claims> | null>
  /** Stops watching, e.g. when the connection closes: `onEnd` is not called any more. */
  stop(): void
}

/** What `createWatch` needs to know. */
export interface WatchContext {
  readonly verifyToken: VerifyToken
  readonly clock: Clock
  /** Whether `cnf` is not looked at, so that every token counts as bound to nothing. */
  readonly ignoresCnf: boolean
  readonly emit: Emit<DeniedEvent>
}

/** Makes what watches identities, all of a verifier's with one timer, on Workers each with its own. */
export function createWatch<Claims extends object>(
  context: WatchContext,
): (auth: Auth<Claims>, onEnd: () => void) => Watch<Claims> {
  const { verifyToken, clock, ignoresCnf, emit } = context
  // On Workers a timer dies with the request that started it, and what runs in it may touch no other request's connection.
  const shared = 'WebSocketPair' in globalThis ? undefined : new Watches(clock)

  function mayReplace(before: VerifiedToken, after: VerifiedToken): boolean {
    const { iss, sub } = after.signed
    // Two tokens without a subject say nothing about whose they are.
    if (sub === undefined || sub !== before.signed.sub || iss !== before.signed.iss) return false
    return ignoresCnf || (before.cnf === undefined && after.cnf === undefined)
  }

  async function renew(watches: Watches, watched: Watched, token: unknown): Promise<Auth<Claims> | null> {
    const found = typeof token === 'string' ? await verifyToken(token) : new AuthError('token_malformed')
    if (found instanceof AuthError) emitDenied(emit, found)
    else if (watches.has(watched) && mayReplace(watched.verified, found) && !isOver(found, clock())) {
      watched.verified = found
      return found.allow('given').auth as Auth<Claims>
    }
    watches.end(watched)
    return null
  }

  return (auth, onEnd) => {
    const verified = verifiedOf(auth)
    if (verified === undefined) {
      throw new ConfigError('watch takes what a guard stored or `verify` gave, not a copy.')
    }
    const watches = shared ?? new Watches(clock)
    const watched: Watched = { verified, onEnd }
    watches.add(watched)
    return { renew: (token) => renew(watches, watched, token), stop: () => watches.remove(watched) }
  }
}
