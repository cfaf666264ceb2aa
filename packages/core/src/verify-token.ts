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

/** What `createVerifyToken` needs to know. */
export interface VerifyTokenContext {
  /** The issuers: a token's `iss` chooses among these and does nothing else. */
  readonly issuers: Pick<Issuers, 'find'>
  readonly schema: ClaimsSchema | undefined
  readonly cache: TokenCache | undefined
  /** Longest token that is looked at, in characters. */
  readonly maxTokenLength: number
  readonly counters: Counters
  readonly clock: Clock
  /** The issuer that is asked about tokens that are no JWTs; undefined: these are malformed. */
  readonly opaqueIssuer: Issuer | undefined
  /** Opens encrypted tokens; undefined: these are malformed. */
  readonly decryption: TokenDecryption | undefined
}

/**
 * Verifies a token: answers without a promise where no key must be fetched and the platform's crypto is synchronous.
 *
 * @param lives the request that needs it, which may have to be kept alive for a fetch in the background
 */
export type VerifyToken = (token: string, lives?: KeepsAlive) => MaybePromise<VerifiedToken | AuthError>

/**
 * The verification, in this order:
 *
 * 1. remembered from before: time, key and revocation are asked again, and answer; only where the key is no longer trusted,
 *    or a lookup's word about the issuer has grown old, the full way is taken, which may fetch.
 * 2. not too long, decrypted, where it came encrypted, and strictly parsed, else `token_malformed`.
 * 3. `iss` names an issuer of ours, listed or found; its rules apply from here on.
 * 4. protected header: `alg` on the allow-list, no extension, `typ`.
 * 5. claims: audience, times, types. Before the signature, because it is cheap; used only to refuse.
 * 6. the issuer's key for this kid and algorithm.
 * 7. the signature. From here on the token's words are the issuer's.
 * 8. revocation, then the app's claims schema: user code sees only what was signed. Where the schema took its time, all of 1
 *    is asked again after it.
 *
 * A token that is no JWT at all is asked about where an issuer has introspection. What that says stands in for the signature,
 * then issuer, claims and 8 as above; this is remembered by whoever asks and not here.
 */
export function createVerifyToken(context: VerifyTokenContext): VerifyToken {
  const { issuers, cache, clock, decryption, opaqueIssuer, maxTokenLength, counters } = context
  const accept = createAccept(context)

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

  /** @param sent the token as it was sent, which is what is remembered; `token` is what was found in it */
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

// b64token (RFC 6750 §2.1): nobody is asked about what cannot be a token at all.
const opaqueForm = /^[\w\-.~+/]+=*$/
