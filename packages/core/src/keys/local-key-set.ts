import { AuthError } from '../auth-error.js'
import type { DenialReason } from '../denial-reason.js'
import { ForgottenKeys } from './forgotten-keys.js'
import { carryOver, HeldKeys } from './held-keys.js'
import { checkJwk, type JwkSet } from './jwk.js'
import type { KeySet, KeySetSnapshot } from './key-set.js'
import type { KeyQuery } from './select-keys.js'
import type { VerificationKey } from './verification-key.js'

/** Keys that live in this process and change: a session keyring's. Read at every use, so a change counts at once. */
export interface LiveJwks {
  /** The set in force. Return the same object as long as nothing has changed. */
  current(): JwkSet
  /**
   * Brings the set up to date, where another process may have changed it; asked for an unknown kid. Bounds itself.
   *
   * @returns false where that cannot be done now: nobody knows whether the kid exists, which is `keys_unavailable`
   */
  reload?(): Promise<boolean>
}

/**
 * A key set that follows a live JWKS, or a configured one that never changes.
 *
 * @param ignoreKid the keys have no kid by nature (PEM): the keys that fit are meant, whatever a token's kid says
 */
export function createLocalKeySet(
  issuer: string,
  source: LiveJwks,
  ignoreKid = false,
  forgotten: ForgottenKeys = new ForgottenKeys(),
): KeySet {
  let seen: JwkSet | undefined
  let held = new HeldKeys([])

  function keys(): HeldKeys {
    const set = source.current()
    if (set !== seen) {
      held = new HeldKeys(forgotten.admit(carryOver(held.all, usable(set))))
      seen = set
    }
    return held
  }

  function select(wanted: KeyQuery): readonly VerificationKey[] | DenialReason {
    return keys().select(ignoreKid ? { ...wanted, kid: undefined } : wanted)
  }

  function refuse(reason: DenialReason): AuthError {
    return new AuthError('token_rejected', { reason, issuer })
  }

  function unavailable(): AuthError {
    return new AuthError('keys_unavailable', { issuer })
  }

  return {
    find: (wanted) => {
      const found = select(wanted)
      if (typeof found !== 'string') return found
      if (found !== 'key_not_found' || source.reload === undefined) return refuse(found)
      return source.reload().then((isUpToDate) => {
        const late = select(wanted)
        if (typeof late !== 'string') return late
        return isUpToDate ? refuse(late) : unavailable()
      })
    },
    trusts: (key) => keys().has(key),
    ready: async () => {},
    refresh: async () => {
      if ((await source.reload?.()) === false) throw unavailable()
    },
    forget: (kid) => {
      forgotten.forget(kid, keys().all)
      held = new HeldKeys(forgotten.admit(held.all))
    },
    start: () => {},
    snapshot: (): KeySetSnapshot => ({
      issuer,
      state: 'static',
      age: null,
      kids: keys().kids,
      lastError: null,
      nextAttempt: null,
    }),
  }
}

function usable(set: JwkSet): VerificationKey[] {
  return set.keys.map(checkJwk).filter((key) => typeof key !== 'string')
}
