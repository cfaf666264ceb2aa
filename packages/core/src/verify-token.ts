import type { RegisteredClaims } from './auth.js'
import { AuthError, type DenialReason } from './auth-error.js'
import type { Clock } from './clock.js'
import type { Issuer } from './issuer.js'
import type { Issuers } from './issuers/issuers.js'
import { type MaybePromise, whenReady } from './maybe-promise.js'
import { signerOf } from './signature/signer-of.js'
import { checkClaims } from './token/claims.js'
import { applyClaimsSchema, type ClaimsSchema } from './token/claims-schema.js'
import { type CompactJws, type JsonObject, maxTokenLength, parseCompactJws } from './token/compact-jws.js'
import { deepFreeze } from './token/deep-freeze.js'
import { checkHeader } from './token/header.js'
import type { TokenCache } from './token/token-cache.js'
import { isCompactJwe, type TokenDecryption } from './token/token-decryption.js'
import { VerifiedToken } from './token/verified-token.js'

/** What `createVerifyToken` needs to know. */
export interface VerifyTokenContext {
  /** The issuers: a token's `iss` chooses among these and does nothing else. */
  readonly issuers: Pick<Issuers, 'find'>
  readonly schema: ClaimsSchema | undefined
  readonly cache: TokenCache | undefined
  readonly clock: Clock
  /** The issuer that is asked about tokens that are no JWTs; undefined: these are malformed. */
  readonly opaqueIssuer: Issuer | undefined
  /** Opens encrypted tokens; undefined: these are malformed. */
  readonly decryption: TokenDecryption | undefined
}

/** Tells good tokens from bad ones. */
export interface VerifyToken {
  /** Verifies a token: answers without a promise where no key must be fetched and the platform's crypto is synchronous. */
  (token: string): MaybePromise<VerifiedToken | AuthError>
  /**
   * The first step alone, for the whole value of an `Authorization` field: its token, if that is remembered and time, key
   * and revocation still allow it.
   */
  recallField(value: string): VerifiedToken | undefined
}

/**
 * The verification, in this order:
 *
 * 1. remembered from before, and time, key and revocation still allow it: good.
 * 2. decrypted, where it came encrypted, and strictly parsed, else `token_malformed`.
 * 3. `iss` names an issuer of ours, listed or found; its rules apply from here on.
 * 4. protected header: `alg` on the allow-list, no extension, `typ`.
 * 5. claims: audience, times, types. Before the signature, because it is cheap; used only to refuse.
 * 6. the issuer's key for this kid and algorithm.
 * 7. the signature. From here on the token's words are the issuer's.
 * 8. revocation, then the app's claims schema: user code sees only what was signed.
 *
 * A token that is no JWT at all is asked about where an issuer has introspection. What that says stands in for the signature,
 * then issuer, claims and 8 as above; this is remembered by whoever asks and not here.
 */
export function createVerifyToken(context: VerifyTokenContext): VerifyToken {
  const { issuers, schema, cache, clock, decryption, opaqueIssuer } = context

  function recallField(value: string): VerifiedToken | undefined {
    const remembered = cache?.getByField(value)
    return remembered?.isStillGood(clock()) ? remembered : undefined
  }

  function verifyToken(token: string): MaybePromise<VerifiedToken | AuthError> {
    const remembered = cache?.get(token)
    if (remembered?.isStillGood(clock())) return remembered
    if (decryption === undefined || !isCompactJwe(token)) return verifySigned(token, token)
    return decryption(token).then((inner) => (inner instanceof AuthError ? inner : verifySigned(inner, token)))
  }

  /** @param sent the token as it was sent, which is what is remembered; `token` is what was found in it */
  function verifySigned(token: string, sent: string): MaybePromise<VerifiedToken | AuthError> {
    const jws = parseCompactJws(token)
    if (jws === undefined) return sent === token ? verifyOpaque(token) : new AuthError('token_malformed')
    return whenReady(issuers.find(jws.claims['iss']), (issuer) =>
      issuer instanceof AuthError ? issuer : verifyFor(issuer, jws, sent),
    )
  }

  function verifyFor(issuer: Issuer, jws: CompactJws, sent: string): MaybePromise<VerifiedToken | AuthError> {
    const header = checkHeader(jws.header, issuer.headerRules)
    if (typeof header === 'string') return refuse(header, issuer)
    const fault = checkClaims(jws.claims, issuer.claimsRules, clock())
    if (fault !== undefined) return refuse(fault, issuer)

    const wanted = { issuer: issuer.issuer, kid: header.kid, alg: header.alg, claims: jws.claims }
    return whenReady(issuer.keySet.find(wanted), (keys) => {
      if (keys instanceof AuthError) return keys
      return whenReady(signerOf(jws, header.alg, keys), (key) => {
        if (key === undefined) return refuse('signature_invalid', issuer)
        return whenReady(acceptClaims(jws.claims, issuer), (claims) => {
          if (claims instanceof AuthError) return claims
          const verified = new VerifiedToken(sent, jws.claims, claims, issuer, key)
          cache?.set(verified)
          return verified
        })
      })
    })
  }

  function verifyOpaque(token: string): MaybePromise<VerifiedToken | AuthError> {
    if (opaqueIssuer?.introspect === undefined || !isOpaque(token)) return new AuthError('token_malformed')
    return whenReady(opaqueIssuer.introspect(token), (claims) => {
      if (claims instanceof AuthError) return claims
      if (claims['iss'] !== opaqueIssuer.issuer) return refuse('iss_unknown', opaqueIssuer)
      const fault = checkClaims(claims, opaqueIssuer.claimsRules, clock())
      if (fault !== undefined) return refuse(fault, opaqueIssuer)
      return whenReady(acceptClaims(claims, opaqueIssuer), (accepted) =>
        accepted instanceof AuthError ? accepted : new VerifiedToken(token, claims, accepted, opaqueIssuer, undefined),
      )
    })
  }

  function acceptClaims(signed: JsonObject, issuer: Issuer): MaybePromise<JsonObject | AuthError> {
    const revoked = issuer.isRevoked?.(signed as unknown as RegisteredClaims) ?? false
    if (revoked === 'unsure') return new AuthError('store_unavailable', { issuer: issuer.issuer })
    if (revoked) return refuse('session_ended', issuer)
    return whenReady(applyClaimsSchema(schema, signed), (accepted: JsonObject | undefined) => {
      return accepted === undefined ? refuse('claims_schema', issuer) : deepFreeze(accepted)
    })
  }

  return Object.assign(verifyToken, { recallField })
}

// b64token (RFC 6750 §2.1).
const opaqueForm = /^[\w\-.~+/]+=*$/

/** Whether a text can be a token at all: of what is neither short enough nor in its alphabet nobody is asked. */
function isOpaque(token: string): boolean {
  return typeof token === 'string' && token.length <= maxTokenLength && opaqueForm.test(token)
}

/** What is neither malformed nor expired is `token_rejected`; the reason is for operators alone. */
function refuse(reason: DenialReason, { issuer }: Issuer): AuthError {
  const expired = reason === 'exp_passed' || reason === 'max_token_age_passed'
  return new AuthError(expired ? 'token_expired' : 'token_rejected', { reason, issuer })
}
