import { AuthError, type ChallengeRules } from '../auth-error.js'
import type { Algorithm } from '../keys/algorithms.js'
import type { RequestView } from '../request-view.js'
import type { AuthScheme } from '../token-source/authorization.js'

/** Gives an error that says how to challenge. */
export type Challenger = (error: AuthError, view: RequestView) => AuthError

/**
 * Makes what says how a verifier challenges (RFC 9449 §7.1, §7.2): with each scheme that it accepts, the error in the one that
 * the client used.
 *
 * @param schemes those under which tokens are taken, in the order of the challenges
 * @param algorithms what proofs may be signed with
 * @param resourceMetadata where the protected resource's metadata are (RFC 9728 §5.1)
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
const beginsWithDpop = /^dpop(?![!#$%&'*+.^_`|~0-9A-Za-z-])/i
