import { LRUCache } from 'lru-cache'
import { verifySignature } from '#signature'
import { AuthError } from '../auth-error.js'
import type { DenialReason } from '../denial-reason.js'
import type { Algorithm } from '../keys/algorithms.js'
import { type MaybePromise, whenReady } from '../maybe-promise.js'
import { type CompactJws, parseCompactJws } from '../token/compact-jws.js'
import { isTooDeep } from '../token/depth.js'
import type { VerifiedToken } from '../token/verified-token.js'
import type { BoundRequest, ProofVerdict } from './binding.js'
import { burnProof } from './burn-proof.js'
import type { Nonces } from './nonces.js'
import { targetUriOf } from './normalize-uri.js'
import { checkProofTime, checkProofToken } from './proof-claims.js'
import { type ProofKey, readProofKey } from './proof-key.js'
import { checkProofTarget } from './proof-target.js'
import type { ReplayStore } from './replay-store.js'
import { thumbprintOf } from './thumbprint.js'

/** Checks a proof of possession. `jkt` is the thumbprint of the key that the token is bound to (RFC 9449 §6.1). */
export type CheckProof = (verified: VerifiedToken, jkt: string, request: BoundRequest) => MaybePromise<ProofVerdict>

/** The longest proof that is accepted, in characters. */
const maxProofLength = 8192

/** How proofs are checked; durations in seconds. */
export interface ProofRules {
  readonly maxAge: number
  readonly algorithms: readonly Algorithm[]
  readonly nonces: Nonces | undefined
  readonly replayStore: ReplayStore
  readonly publicOrigin: string | undefined
}

/** The key of a header that was checked before, with its thumbprint. */
interface KnownKey extends ProofKey {
  readonly thumbprint: string
}

/**
 * Makes the function that checks proofs, in the order that `createDpop` documents, with one exception. A proof by a key that the
 * token is not bound to is refused in any case. So its signature is not verified, because that takes ten times as long as all
 * the rest: the key must be imported first. If nonces are required, it is verified, because then the refusal may be another one.
 */
export function createCheckProof(rules: ProofRules): CheckProof {
  const { maxAge, algorithms, nonces, replayStore, publicOrigin } = rules
  // Importing a key takes as long as checking a signature, and all proofs of a client have the same header. Only headers of good
  // proofs for good tokens are kept, so a flood of invented keys evicts nothing.
  const known = new LRUCache<string, KnownKey>({
    max: 10_000,
    maxSize: 16 * 1024 * 1024,
    sizeCalculation: (_key, header) => 2048 + 2 * header.length,
  })

  return (verified, jkt, { view, now, clockTolerance }) => {
    const proof = readProofField(view.header('dpop'))
    if (typeof proof === 'string') return refused(proof)
    const segment = proof.signingInput.slice(0, proof.signingInput.indexOf('.'))
    const key: KnownKey | ProofKey | DenialReason = known.get(segment) ?? readProofKey(proof.header, algorithms)
    if (typeof key === 'string') return refused(key)
    return whenReady('thumbprint' in key ? key.thumbprint : thumbprintOf(key.jwk), (thumbprint) => {
      const isOurs = thumbprint === jkt
      return whenReady(isOurs || nonces !== undefined ? isSigned(proof, key) : true, (isGood) => {
        if (!isGood) return refused('proof_signature')
        const { claims } = proof
        const fault =
          checkProofTarget(claims, { method: view.method, uri: targetUriOf(view.url(), publicOrigin) }) ??
          checkProofTime(claims, { now, maxAge, clockTolerance })
        if (fault !== undefined) return refused(fault)
        return withNonce(nonces, claims['nonce'], now, () =>
          whenReady(checkProofToken(claims, verified.hash), (mismatch) => {
            if (mismatch !== undefined) return refusal(mismatch)
            if (!isOurs) return refusal('jkt_mismatch')
            if (!('thumbprint' in key)) known.set(segment, { ...key, thumbprint })
            const { jti, iat } = claims as { readonly jti: string; readonly iat: number }
            return burnProof(replayStore, thumbprint, jti, iat + maxAge + clockTolerance, now)
          }),
        )
      })
    })
  }
}

function isSigned({ signingInput, signature }: CompactJws, { key, alg }: ProofKey): MaybePromise<boolean> {
  return verifySignature(key, alg, signingInput, signature)
}

function readProofField(value: string | undefined): CompactJws | DenialReason {
  if (value === undefined) return 'proof_missing'
  // The values of several fields are joined by a comma, and a proof contains none.
  if (value.includes(',')) return 'proof_repeated'
  const proof = value.length > maxProofLength ? undefined : parseCompactJws(value)
  if (proof === undefined || isTooDeep(proof.header) || isTooDeep(proof.claims)) return 'proof_malformed'
  return proof
}

/**
 * Checks the nonce, if nonces are on, then the rest. A nonce of the step before is still good. Then, if the whole proof is good,
 * the response tells the client the new nonce (RFC 9449 §8.2).
 */
function withNonce(
  nonces: Nonces | undefined,
  nonce: unknown,
  now: number,
  checkRest: () => MaybePromise<AuthError | undefined>,
): MaybePromise<ProofVerdict> {
  if (nonces === undefined) return whenReady(checkRest(), (error) => ({ error, nonce: undefined }))
  return whenReady(nonces.ageOf(nonce, now), (age) => {
    if (age === undefined) {
      const reason = nonce === undefined ? 'nonce_missing' : 'nonce_unknown'
      return whenReady(nonces.current(now), (next) => ({
        error: new AuthError('nonce_required', { reason }),
        nonce: next,
      }))
    }
    return whenReady(checkRest(), (error) => {
      if (error !== undefined || age === 'current') return { error, nonce: undefined }
      return whenReady(nonces.current(now), (next) => ({ error, nonce: next }))
    })
  })
}

function refusal(reason: DenialReason): AuthError {
  return new AuthError('proof_rejected', { reason })
}

function refused(reason: DenialReason): ProofVerdict {
  return { error: refusal(reason), nonce: undefined }
}
