import { AuthError } from '../auth-error.js'
import type { DenialReason } from '../denial-reason.js'

/** Makes the refusal of an issuer's token: `token_expired`, `token_rejected`, or `store_unavailable` if revocation is unsure. */
export function refuse(reason: DenialReason, { issuer }: { readonly issuer: string }): AuthError {
  if (reason === 'revocation_unsure') return new AuthError('store_unavailable', { reason, issuer })
  const expired = reason === 'exp_passed' || reason === 'max_token_age_passed'
  return new AuthError(expired ? 'token_expired' : 'token_rejected', { reason, issuer })
}
