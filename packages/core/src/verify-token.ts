import { createAccept } from './accept.js'
import { AuthError } from './auth-error.js'
import type { Clock } from './clock.js'
import type { Issuer } from './issuer.js'
import type { Issuers } from './issuers/issuers.js'
import type { Algorithm } from './keys/algorithms.js'
import type { KeepsAlive } from './keys/key-set.js'
import type { VerificationKey } from './keys/verification-key.js'
import { isPromise, type MaybePromise, whenReady } from './maybe-promise.js'
import { signerOf } from './signature/signer-of.js'
import type { Counters } from './stats.js'
import { checkClaims } from './token/claims.js'
import type { ClaimsSchema } from './token/claims-schema.js'
import { type CompactJws, type JsonObject, parseCompactJws } from './token/compact-jws.js'
import { checkHeader } from './token/header.js'
import { refuse } from './token/refuse.js'
import type { TokenCache } from './token/token-cache.js'
import { isCompactJwe, type TokenDecryption } from './token/token-decryption.js'
import type { VerifiedToken } from './token/verified-token.js'

/** What `createVerifyToken` needs. */
export interface VerifyTokenContext {
  /** The issuers. A token's `iss` chooses among these, and has no other effect. */
  readonly issuers: Pick<Issuers, 'find'>
  readonly schema: ClaimsSchema | undefined
  readonly cache: TokenCache | undefined
  /** The longest token that is accepted, in characters. */
  readonly maxTokenLength: number
  readonly counters: Counters
  readonly clock: Clock
  /** The issuer that is asked about tokens that are not JWTs; undefined: such tokens are malformed. */
  readonly opaqueIssuer: Issuer | undefined
  /** Decrypts encrypted tokens; undefined: such tokens are malformed. */
  readonly decryption: TokenDecryption | undefined
}

/**
 * Verifies a token. It answers without a promise if no key must be fetched and the platform's crypto is synchronous.
 *
 * @param lives keeps a fetch alive that starts with this request
 */
export type VerifyToken = (token: string, lives?: KeepsAlive) => MaybePromise<VerifiedToken | AuthError>

/**
 * Makes the function that verifies tokens. It takes these steps, in this order:
 *
 * 1. If the token is remembered, check again its times, its key and whether it is revoked. That decides, with two exceptions:
 *    if the key is no longer trusted, or if the issuer's lookup is too old, all following steps are taken, which may fetch.
 * 2. Check the length, decrypt the token if it is encrypted, and parse it strictly. Else `token_malformed`.
 * 3. Find the issuer that `iss` names. Its rules apply from here on.
 * 4. Check the protected header: `alg` on the allow-list, no extension, `typ`.
 * 5. Check the claims: audience, times, types. This comes before the signature because it is cheap, and is used only to refuse.
 * 6. Find the issuer's key for this kid and algorithm.
 * 7. Verify the signature. From here on, the claims can be trusted.
 * 8. Ask whether the token is revoked, then run the app's claims schema: the app's code sees only signed claims. If the schema
 *    needed a promise, repeat the checks of step 1.
 *
 * If the token is not a JWT and an issuer has introspection, that issuer is asked. Its answer takes the place of the signature.
 * Then issuer and claims are checked, and step 8 follows. The introspection remembers such tokens itself.
 */
export function createVerifyToken(context: VerifyTokenContext): VerifyToken {
  const { issuers, cache, clock, decryption, opaqueIssuer, maxTokenLength, counters } = context
  const accept = createAccept(context)

  // The steps below ask for a promise themselves. With `whenReady`, the closures of each step cost a new token 0.3 µs.
  function verifyToken(token: string, lives?: KeepsAlive): MaybePromise<VerifiedToken | AuthError> {
    const remembered = cache?.get(token)
    if (remembered !== undefined) {
      const now = clock()
      const fault = remembered.faultAt(now, lives)
      if (fault === undefined && !remembered.hasLapsed(now)) {
        counters.remembered++
        return remembered
      }
      if (fault !== undefined && fault !== 'key_not_found') return remembered.refusalOf(fault)
    }
    if (token.length > maxTokenLength) return new AuthError('token_malformed', { reason: 'token_too_long' })
    const verified = verifyAnew(token, lives)
    return isPromise(verified) ? verified.then(counted) : counted(verified)
  }

  function counted(verified: VerifiedToken | AuthError): VerifiedToken | AuthError {
    if (!(verified instanceof AuthError)) counters.firstSeen++
    return verified
  }

  function verifyAnew(token: string, lives: KeepsAlive | undefined): MaybePromise<VerifiedToken | AuthError> {
    if (decryption === undefined || !isCompactJwe(token)) return verifySigned(token, token, lives)
    return decryption(token).then((inner) => (inner instanceof AuthError ? inner : verifySigned(inner, token, lives)))
  }

  /**
   * @param sent the token as it was sent, which is remembered; `token` is the signed token, which was inside if it was
   * encrypted
   */
  function verifySigned(
    token: string,
    sent: string,
    lives: KeepsAlive | undefined,
  ): MaybePromise<VerifiedToken | AuthError> {
    const jws = parseCompactJws(token)
    if (jws === undefined) return sent === token ? verifyOpaque(token) : new AuthError('token_malformed')
    const issuer = issuers.find(jws.claims['iss'])
    return isPromise(issuer)
      ? issuer.then((found) => verifyFor(found, jws, sent, lives))
      : verifyFor(issuer, jws, sent, lives)
  }

  function verifyFor(
    issuer: Issuer | AuthError,
    jws: CompactJws,
    sent: string,
    lives: KeepsAlive | undefined,
  ): MaybePromise<VerifiedToken | AuthError> {
    if (issuer instanceof AuthError) return issuer
    const header = checkHeader(jws.header, issuer.headerRules)
    if (typeof header === 'string') return refuse(header, issuer)
    const fault = checkClaims(jws.claims, issuer.claimsRules, clock())
    if (fault !== undefined) return refuse(fault, issuer)

    const wanted = { issuer: issuer.issuer, kid: header.kid, alg: header.alg, claims: jws.claims }
    const keys = issuer.keySet.find(wanted, lives)
    return isPromise(keys)
      ? keys.then((found) => verifyBy(found, header.alg, jws, sent, issuer))
      : verifyBy(keys, header.alg, jws, sent, issuer)
  }

  function verifyBy(
    keys: readonly VerificationKey[] | AuthError,
    alg: Algorithm,
    jws: CompactJws,
    sent: string,
    issuer: Issuer,
  ): MaybePromise<VerifiedToken | AuthError> {
    if (keys instanceof AuthError) return keys
    const key = signerOf(jws, alg, keys)
    return isPromise(key)
      ? key.then((found) => acceptSigned(found, jws.claims, sent, issuer))
      : acceptSigned(key, jws.claims, sent, issuer)
  }

  function acceptSigned(
    key: VerificationKey | undefined,
    claims: JsonObject,
    sent: string,
    issuer: Issuer,
  ): MaybePromise<VerifiedToken | AuthError> {
    if (key === undefined) return refuse('signature_invalid', issuer)
    const verified = accept(sent, claims, issuer, key)
    return isPromise(verified) ? verified.then(remember) : remember(verified)
  }

  function remember(verified: VerifiedToken | AuthError): VerifiedToken | AuthError {
    if (!(verified instanceof AuthError)) cache?.set(verified)
    return verified
  }

  function verifyOpaque(token: string): MaybePromise<VerifiedToken | AuthError> {
    if (opaqueIssuer?.introspect === undefined || !opaqueForm.test(token)) return new AuthError('token_malformed')
    return whenReady(opaqueIssuer.introspect(token), (claims) => {
      if (claims instanceof AuthError) return claims
      if (claims['iss'] !== opaqueIssuer.issuer) return refuse('iss_unknown', opaqueIssuer)
      const fault = checkClaims(claims, opaqueIssuer.claimsRules, clock())
      if (fault !== undefined) return refuse(fault, opaqueIssuer)
      return accept(token, claims, opaqueIssuer, undefined)
    })
  }

  return verifyToken
}

// b64token (RFC 6750 §2.1): the issuer is not asked about a text that cannot be a token.
const opaqueForm = /^[\w\-.~+/]+=*$/
