import type { Auth } from '../auth.js'
import { AuthError } from '../auth-error.js'
import { emitDenied } from '../authenticate.js'
import type { Clock } from '../clock.js'
import { ConfigError } from '../config-error.js'
import type { DeniedEvent, Emit } from '../events.js'
import { verifiedOf } from '../token/identity.js'
import type { VerifiedToken } from '../token/verified-token.js'
import type { VerifyToken } from '../verify-token.js'
import { isOver, type Watched, Watches } from './watch-timer.js'

/** An identity that is watched while a connection lasts. */
export interface Watch<Claims extends object> {
  /**
   * Replaces the token by another good one of the same issuer and subject. From then on the new token's `exp` counts, earlier
   * or later. Any other token ends the watch at once. That includes a token that is bound to a key (`cnf`), and any replacement
   * of a bound token, because nothing here could prove the key. The app must compare what the new token grants.
   *
   * @param token as the client sent it, whatever it is
   * @returns who is calling now; null if the watch has ended. Never rejects for a bad token
   */
  renew(token: unknown): Promise<Auth<Claims> | null>
  /** Stops watching, e.g. when the connection closes. `onEnd` is not called any more. */
  stop(): void
}

/** What `createWatch` needs. */
export interface WatchContext {
  readonly verifyToken: VerifyToken
  readonly clock: Clock
  /** Whether `cnf` is ignored, so that every token counts as not bound. */
  readonly ignoresCnf: boolean
  readonly emit: Emit<DeniedEvent>
}

/** Makes the function that watches identities. All watches of a verifier share one timer; on Workers each has its own. */
export function createWatch<Claims extends object>(
  context: WatchContext,
): (auth: Auth<Claims>, onEnd: () => void) => Watch<Claims> {
  const { verifyToken, clock, ignoresCnf, emit } = context
  // On Workers a timer ends with the request that started it, and may not use the connection of another request.
  const shared = 'WebSocketPair' in globalThis ? undefined : new Watches(clock)

  function mayReplace(before: VerifiedToken, after: VerifiedToken): boolean {
    const { iss, sub } = after.signed
    // Two tokens without a subject may be of two users.
    if (sub === undefined || sub !== before.signed.sub || iss !== before.signed.iss) return false
    return ignoresCnf || (before.cnf === undefined && after.cnf === undefined)
  }

  /** If the app's schema throws, there is no request that could fail, so the token is refused as if the schema rejected it. */
  function verify(token: string): Promise<VerifiedToken | AuthError> {
    return Promise.resolve(token)
      .then((each) => verifyToken(each))
      .catch(() => new AuthError('token_rejected', { reason: 'claims_schema' }))
  }

  async function renew(watches: Watches, watched: Watched, token: unknown): Promise<Auth<Claims> | null> {
    const found = typeof token === 'string' ? await verify(token) : new AuthError('token_malformed')
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
      throw new ConfigError('watch: give the Auth that a guard has stored or `verify` has returned, not a copy.')
    }
    const watches = shared ?? new Watches(clock)
    const watched: Watched = { verified, onEnd }
    watches.add(watched)
    return { renew: (token) => renew(watches, watched, token), stop: () => watches.remove(watched) }
  }
}
