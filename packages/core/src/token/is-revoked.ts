import type { RegisteredClaims } from '../auth.js'
import { isPromise } from '../maybe-promise.js'

/** The app's function that says whether a token is revoked: true, false or `unsure`. */
export type IsRevoked = (claims: RegisteredClaims) => boolean | 'unsure'

/**
 * Asks whether a token is revoked. Only `false` lets it pass. Any other answer than the three, including a promise, and a throw
 * count as `unsure`: the request is then answered with 503, and nobody is signed out.
 */
export function askRevoked(isRevoked: IsRevoked | undefined, claims: RegisteredClaims): boolean | 'unsure' {
  if (isRevoked === undefined) return false
  let answer: unknown
  try {
    answer = isRevoked(claims)
  } catch {
    return 'unsure'
  }
  if (answer === true || answer === false) return answer
  // Nobody waits for this promise, so its failure must not stop the process.
  if (isPromise(answer)) Promise.resolve(answer).catch(() => {})
  return 'unsure'
}
