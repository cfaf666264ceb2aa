import type { RegisteredClaims } from '../auth.js'
import { isPromise } from '../maybe-promise.js'

/** The app's word on whether a token is revoked: true, false or `unsure`. */
export type IsRevoked = (claims: RegisteredClaims) => boolean | 'unsure'

/**
 * Asks whether a token is revoked. Only `false` lets it pass: an answer that is none of the three words, a promise or a throw
 * included, says nothing about the token and counts as `unsure`, so that the request is answered 503 and nobody signed out.
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
  // Nobody waits for it, so its failure must not stop the process.
  if (isPromise(answer)) Promise.resolve(answer).catch(() => {})
  return 'unsure'
}
