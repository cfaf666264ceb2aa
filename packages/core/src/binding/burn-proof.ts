import { sha256 } from '#digest'
import { AuthError } from '../auth-error.js'
import { type MaybePromise, whenReady } from '../maybe-promise.js'
import type { ReplayStore } from './replay-store.js'

/** A store that has not answered by then is down, in seconds. */
const timeout = 1

/**
 * Burns a proof. Whatever goes wrong in the store refuses the request: a proof that may have been used before is none.
 *
 * @param thumbprint of the proof's key; two clients may well choose the same `jti`
 * @param expiresAt when the proof is too old to be used again, seconds since the epoch
 * @returns undefined where it is burnt and had not been before
 */
export function burnProof(
  store: ReplayStore,
  thumbprint: string,
  jti: string,
  expiresAt: number,
  now: number,
): MaybePromise<AuthError | undefined> {
  // As JSON, because a hash takes all lone surrogates for the same character.
  return whenReady(sha256(JSON.stringify([thumbprint, jti])), (id) => {
    let answer: MaybePromise<boolean>
    try {
      answer = store.burn(id, expiresAt, now)
    } catch {
      // Whatever it is: nobody can say now whether the proof was used before.
      return unsure()
    }
    return typeof answer === 'boolean' ? answered(answer) : inTime(answer)
  })
}

function answered(burnt: unknown): AuthError | undefined {
  if (burnt === true) return undefined
  return burnt === false ? new AuthError('proof_rejected', { reason: 'proof_replayed' }) : unsure()
}

function unsure(): AuthError {
  return new AuthError('store_unavailable', { reason: 'replay_unsure' })
}

function inTime(answer: PromiseLike<boolean>): Promise<AuthError | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(unsure()), timeout * 1000)
    const settle = (outcome: AuthError | undefined): void => {
      clearTimeout(timer)
      resolve(outcome)
    }
    // Through a promise of this realm, since what a store answers may be no promise at all.
    Promise.resolve(answer).then(
      (burnt) => settle(answered(burnt)),
      () => settle(unsure()),
    )
  })
}
