import { AuthError, type ChallengeRules } from '../auth-error.js'
import { tchar } from '../http-token.js'
import type { Algorithm } from '../keys/algorithms.js'
import type { RequestView } from '../request-view.js'
import type { AuthScheme } from '../token-source/authorization.js'

/** Gives the same error with how to challenge the client. */
export type Challenger = (error: AuthError, view: RequestView) => AuthError

/**
 * Makes a function that adds to an error how to challenge the client (RFC 9449 §7.1, §7.2): once for each accepted scheme, with
 * the error in the scheme that the client used.
 *
 * @param schemes the accepted schemes, in the order of the challenges
 * @param algorithms the algorithms that proofs may be signed with
 * @param resourceMetadata the URL of the protected resource's metadata (RFC 9728 §5.1)
 */
export function createChallenger(
  schemes: readonly AuthScheme[],
  algorithms: readonly Algorithm[],
  resourceMetadata: string | undefined,
): Challenger {
  const [first = 'Bearer'] = schemes

  return ({ code, reason, issuer, retryAfter, scope, acrValues, maxAge }, view) => {
    const usesDpop = schemes.includes('DPoP') && beginsWithDpop.test(view.header('authorization') ?? '')
    const challenge: ChallengeRules = { schemes, errorIn: usesDpop ? 'DPoP' : first, algorithms, resourceMetadata }
    return new AuthError(code, {
      reason,
      issuer,
      challenge,
      acrValues,
      maxAge,
      ...(retryAfter === undefined ? {} : { retryAfter }),
      ...(scope === undefined ? {} : { scope }),
    })
  }
}

// The longest run of token characters (RFC 9110 §5.6.2), compared without case.
const beginsWithDpop = new RegExp(`^dpop(?!${tchar})`, 'i')
