import type { RegisteredClaims } from './auth.js'
import type { AuthError } from './auth-error.js'
import type { Clock } from './clock.js'
import type { Issuer } from './issuer.js'
import type { VerificationKey } from './keys/verification-key.js'
import { isPromise, type MaybePromise } from './maybe-promise.js'
import { applyClaimsSchema, type ClaimsSchema } from './token/claims-schema.js'
import type { JsonObject } from './token/compact-jws.js'
import { deepFreeze } from './token/deep-freeze.js'
import { askRevoked } from './token/is-revoked.js'
import { refuse } from './token/refuse.js'
import { VerifiedToken } from './token/verified-token.js'

/**
 * Accepts a token that the issuer has made, unless it is revoked or the app's schema refuses its claims.
 *
 * @param token the token as it was sent
 * @param signed its claims, which were checked
 * @param key the key that signed it; undefined if the issuer was asked instead
 */
export type Accept = (
  token: string,
  signed: JsonObject,
  issuer: Issuer,
  key: VerificationKey | undefined,
) => MaybePromise<VerifiedToken | AuthError>

/** Makes the last step of a verification. If the schema needs a promise, the token is checked again after it. */
export function createAccept(context: { readonly schema: ClaimsSchema | undefined; readonly clock: Clock }): Accept {
  const { schema, clock } = context
  return (token, signed, issuer, key) => {
    const revoked = askRevoked(issuer.isRevoked, signed as JsonObject & RegisteredClaims)
    if (revoked !== false) return refuse(revoked === true ? 'session_ended' : 'revocation_unsure', issuer)
    const make = (claims: JsonObject | undefined) =>
      claims === undefined ? refuse('claims_schema', issuer) : new VerifiedToken(token, signed, claims, issuer, key)
    // Frozen before the app's code sees it, so that the signed claims cannot change.
    const accepted = applyClaimsSchema(schema, deepFreeze(signed))
    if (!isPromise(accepted)) return make(accepted)
    return accepted.then((claims) => {
      const verified = make(claims)
      const fault = verified instanceof VerifiedToken ? verified.faultAt(clock()) : undefined
      return fault === undefined ? verified : refuse(fault, issuer)
    })
  }
}
