import { AuthError, type DenialReason } from '../auth-error.js'
import type { Clock } from '../clock.js'
import { type MaybePromise, whenReady } from '../maybe-promise.js'
import type { RequestView } from '../request-view.js'
import type { VerifiedToken } from '../token/verified-token.js'
import type { AuthScheme } from '../token-source/authorization.js'
import { readConfirmation } from './confirmation.js'
import type { Dpop, ProofVerdict } from './dpop.js'
import type { Mtls } from './mtls.js'

/** What proves that whoever sends a bound token may use it. */
export interface BindingRules {
  readonly dpop: Dpop | undefined
  readonly mtls: Mtls | undefined
  /** Whether `cnf` is not looked at, on purpose. */
  readonly ignoreCnf: boolean
  readonly clockTolerance: number
  readonly clock: Clock
}

/**
 * Asks for what a token's `cnf` demands (RFC 7800). A token that has one is worth nothing without the key, so whatever is not
 * proven is refused: another form, several members, one that nobody here can check. The scheme must fit: under `Bearer`, in a
 * cookie or in a field of a proxy's nobody proves a key, and under `DPoP` a token without a key proves nothing.
 *
 * @param scheme of `Authorization`; undefined where the token came another way
 * @returns the verdict, undefined where there is nothing to prove
 */
export function proveBinding(
  rules: BindingRules,
  verified: VerifiedToken,
  scheme: AuthScheme | undefined,
  view: RequestView,
): MaybePromise<ProofVerdict | undefined> {
  if (rules.ignoreCnf || (verified.cnf === undefined && scheme !== 'DPoP')) return undefined
  if (verified.cnf === undefined) return refuse('binding_mismatch', verified)
  const confirmation = readConfirmation(verified.cnf)
  const { dpop, mtls, clock, clockTolerance } = rules
  if (confirmation?.method === 'jkt' && dpop !== undefined) {
    if (scheme !== 'DPoP') return refuse('binding_mismatch', verified)
    const bound = { token: verified.token, jkt: confirmation.thumbprint }
    return dpop.checkProof(view, bound, { now: clock(), clockTolerance })
  }
  if (confirmation?.method === 'x5t#S256' && mtls !== undefined) {
    if (scheme === 'DPoP') return refuse('binding_mismatch', verified)
    return whenReady(mtls.checkCertificate(view, confirmation.thumbprint), (fault) =>
      fault === undefined ? undefined : refuse(fault, verified),
    )
  }
  return refuse('binding_unchecked', verified)
}

/** Refuses a bound token that came by itself, without a request that could prove anything. */
export function requireUnbound(verified: VerifiedToken, { ignoreCnf }: BindingRules): VerifiedToken | AuthError {
  return ignoreCnf || verified.cnf === undefined ? verified : unproven('binding_unchecked', verified)
}

function unproven(reason: DenialReason, { issuer }: VerifiedToken): AuthError {
  return new AuthError('token_rejected', { reason, issuer })
}

function refuse(reason: DenialReason, verified: VerifiedToken): ProofVerdict {
  return { error: unproven(reason, verified), nonce: undefined }
}
