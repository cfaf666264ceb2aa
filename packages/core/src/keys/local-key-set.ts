import { AuthError } from '../auth-error.js'
import type { Algorithm } from './algorithms.js'
import { checkJwk, type JwkSet } from './jwk.js'
import type { KeySet, KeySetSnapshot } from './key-set.js'
import { selectKey } from './select-key.js'
import type { VerificationKey } from './verification-key.js'

/** Keys that live in this process and change: a session keyring's. Read at every use, so a change counts at once. */
export interface LiveJwks {
  /** The set in force. Return the same object as long as nothing has changed. */
  current(): JwkSet
  /** Brings the set up to date, where another process may have changed it; asked for an unknown kid. Bounds itself. */
  reload?(): Promise<void>
}

/**
 * A key set that follows a live JWKS, or a configured one that never changes.
 *
 * @param ignoreKid the keys have no kid by nature (PEM): the single key that fits is meant, whatever a token's kid says
 */
export function createLocalKeySet(issuer: string, source: LiveJwks, ignoreKid = false): KeySet {
  let seen: JwkSet | undefined
  let keys: readonly VerificationKey[] = []
  const forgotten = new Set<string>()

  function held(): readonly VerificationKey[] {
    const set = source.current()
    if (set !== seen) {
      keys = carryOver(keys, set)
      seen = set
    }
    return forgotten.size === 0 ? keys : keys.filter((key) => key.kid === undefined || !forgotten.has(key.kid))
  }

  function find(
    kid: string | undefined,
    alg: Algorithm,
  ): VerificationKey | AuthError | Promise<VerificationKey | AuthError> {
    const found = selectKey(held(), ignoreKid ? undefined : kid, alg)
    if (typeof found !== 'string') return found
    if (found !== 'key_not_found' || source.reload === undefined) return refusal(found)
    return source.reload().then(() => {
      const late = selectKey(held(), kid, alg)
      return typeof late === 'string' ? refusal(late) : late
    })
  }

  function refusal(reason: 'key_not_found' | 'key_ambiguous' | 'key_unfit'): AuthError {
    return new AuthError('token_rejected', { reason, issuer })
  }

  return {
    find,
    trusts: (key) => held().includes(key),
    ready: async () => {},
    refresh: async () => source.reload?.(),
    forget: (kid) => void forgotten.add(kid),
    snapshot: (): KeySetSnapshot => ({
      issuer,
      state: 'static',
      age: null,
      kids: held().flatMap((key) => key.kid ?? []),
      lastError: null,
      nextAttempt: null,
    }),
  }
}

/** Checks a set's keys, keeping the object of each key that was there before, so that who remembers it still knows it. */
function carryOver(before: readonly VerificationKey[], set: JwkSet): readonly VerificationKey[] {
  return set.keys.flatMap((jwk) => {
    const key = checkJwk(jwk)
    if (typeof key === 'string') return []
    const identity = identify(key)
    return before.find((known) => identify(known) === identity) ?? key
  })
}

function identify(key: VerificationKey): string {
  return JSON.stringify([key.kid, key.alg, key.jwk])
}
