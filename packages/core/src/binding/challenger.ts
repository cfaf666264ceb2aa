import { AuthError, type ChallengeRules } from '../auth-error.js'
import type { RequestView } from '../request-view.js'
import type { AuthScheme } from '../token-source/authorization.js'
import type { Dpop } from './dpop.js'

/** Gives an error that says how to challenge. */
export type Challenger = (error: AuthError, view: RequestView) => AuthError

/**
 * Makes what says how a verifier challenges (RFC 9449 §7.1, §7.2): with each scheme that it accepts, the error in the one that
 * the client used.
 *
 * @param resourceMetadata where the protected resource's metadata are (RFC 9728 §5.1)
 * @returns undefined where it is the scheme `Bearer` alone, without more
 */
export function createChallenger(
  dpop: Pick<Dpop, 'required' | 'algorithms'> | undefined,
  resourceMetadata: string | undefined,
): Challenger | undefined {
  if (dpop === undefined && resourceMetadata === undefined) return undefined
  const schemes = acceptedSchemes(dpop)
  const algorithms = dpop?.algorithms ?? []
  const [first = 'Bearer'] = schemes

  return ({ code, reason, issuer, retryAfter, scope, acrValues, maxAge }, view) => {
    const usesDpop = dpop !== undefined && beginsWithDpop.test(view.header('authorization') ?? '')
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

/** The schemes under which tokens are taken, in the order of the challenges. */
export function acceptedSchemes(dpop: Pick<Dpop, 'required'> | undefined): readonly AuthScheme[] {
  if (dpop === undefined) return ['Bearer']
  return dpop.required ? ['DPoP'] : ['Bearer', 'DPoP']
}

// The longest run of token characters (RFC 9110 §5.6.2), compared without case.
const beginsWithDpop = /^dpop(?![!#$%&'*+.^_`|~0-9A-Za-z-])/i
