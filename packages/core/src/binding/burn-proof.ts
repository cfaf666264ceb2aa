import { sha256 } from '#digest'
import { AuthError } from '../auth-error.js'
import { type MaybePromise, whenReady } from '../maybe-promise.js'
import { within } from '../within.js'
import type { ReplayStore } from './replay-store.js'

/** How long to wait for the store, in seconds. After that it counts as down. */
const timeout = 1

/**
 * Burns a proof, so that it is good only once (RFC 9449 §11.1). If the store cannot say, the request is refused: the proof may
 * have been used before.
 *
 * @param thumbprint that of the proof's key, since two clients may choose the same `jti`
 * @param expiresAt when the proof is too old to be used again, seconds since the epoch
 * @param now the present, seconds since the epoch
 * @returns the refusal; undefined if the proof was not used before
 */
export function burnProof(
  store: ReplayStore,
  thumbprint: string,
  jti: string,
  expiresAt: number,
  now: number,
): MaybePromise<AuthError | undefined> {
  // JSON escapes lone surrogates; hashed as UTF-8, they would all be the same character.
  return whenReady(sha256(JSON.stringify([thumbprint, jti])), (id) => {
    let answer: MaybePromise<boolean>
    try {
      answer = store.burn(id, expiresAt, now)
    } catch {
      // Whatever was thrown, nobody can say now whether the proof was used before.
      return unsure()
    }
    return typeof answer === 'boolean' ? answered(answer) : inTime(answer)
  })
}

/** Anything but true and false is no answer, also that none came in time. */
function answered(burnt: unknown): AuthError | undefined {
  if (burnt === true) return undefined
  return burnt === false ? new AuthError('proof_rejected', { reason: 'proof_replayed' }) : unsure()
}

function unsure(): AuthError {
  return new AuthError('store_unavailable', { reason: 'replay_unsure' })
}

function inTime(answer: PromiseLike<boolean>): Promise<AuthError | undefined> {
  // `Promise.resolve`, because a store may answer something that is not a promise at all.
  return within(timeout, Promise.resolve(answer)).then(answered, unsure)
}
