import { ConfigError, refuseUnknownOptions } from '../config-error.js'
import { isSerializedOrigin } from '../csrf/trusted-origins.js'
import { type Algorithm, algorithmTable, isAlgorithm } from '../keys/algorithms.js'
import type { MaybePromise } from '../maybe-promise.js'
import type { VerifiedToken } from '../token/verified-token.js'
import type { AuthScheme } from '../token-source/authorization.js'
import { type Binding, type BoundRequest, type ProofVerdict, unproven } from './binding.js'
import { type Challenger, createChallenger } from './challenger.js'
import { type CheckProof, createCheckProof } from './check-proof.js'
import { readConfirmation, requireCnfLookedAt } from './confirmation.js'
import { createNonces, type NonceOptions } from './nonces.js'
import { memoryReplayStore, type ReplayStore } from './replay-store.js'

/** How proofs of possession are asked for; durations in seconds. */
export interface DpopOptions {
  /** Whether only bound tokens are accepted: then `Bearer` is a scheme like any other foreign one. Default false. */
  readonly required?: boolean
  /** Longest time since a proof's `iat`. Default 60. */
  readonly maxAge?: number
  /** What proofs may be signed with, in the order in which a challenge names them; no HMAC. Default: see `defaultAlgorithms`. */
  readonly algorithms?: readonly Algorithm[]
  /** Asks for a nonce in each proof, so that none can be made in advance (RFC 9449 §9). Default: not looked at. */
  readonly nonce?: NonceOptions
  /** Remembers used proofs, for all processes of the app. Default `memoryReplayStore()`, which is right for one process. */
  readonly replayStore?: ReplayStore
  /**
   * Scheme and host as clients see them, e.g. `https://api.example`, where the framework does not know them. Default: what the
   * framework's own trust-proxy setting makes of the request.
   */
  readonly publicOrigin?: string
}

/** Checks proofs of possession. Made by `createDpop`; for the option `dpop` of one `createVerifier` or several. */
export interface Dpop extends Binding {
  /** Whether only bound tokens are accepted. */
  readonly required: boolean
  /** What proofs may be signed with, in the order in which a challenge names them. */
  readonly algorithms: readonly Algorithm[]
  /** The schemes of `Authorization` under which tokens are taken, in the order of the challenges. */
  readonly schemes: readonly AuthScheme[]
  /** Makes what says how to challenge. */
  readonly challenger: (resourceMetadata: string | undefined) => Challenger
}

/** What proofs may be signed with unless said otherwise, in the order of the challenge. */
const defaultAlgorithms: readonly Algorithm[] = ['ES256', 'ES384', 'ES512', 'PS256', 'RS256', 'EdDSA', 'Ed25519']

/**
 * Makes what `createVerifier` takes as `dpop`: then a token that is bound to a key (`cnf.jkt`) is accepted under the scheme
 * `DPoP`, with a proof that the client holds the key, and good for this one request (RFC 9449). At every request, remembered
 * token or not, in this order; the first failure answers, `nonce_required` for the nonce's, else `proof_rejected`:
 *
 * 1. exactly one `DPoP` field of at most 8,192 characters, a compact JWS parsed as strictly as a token; `typ` and no `crit`;
 * 2. `alg` on the list, `jwk` a public key fit for it, the signature by that key;
 * 3. `htm` the method, `htu` the target URI without query and fragment, after RFC 3986 §6.2.2 and §6.2.3;
 * 4. `jti`; `iat` neither old nor in the future; the `nonce`, where one is asked for; `ath` the token's hash; the key the
 *    one that the token is bound to;
 * 5. key and `jti` not seen before. A replay store that cannot say answers 503 (`store_unavailable`).
 *
 * @throws ConfigError for an option that is unknown, of the wrong kind or unsafe
 */
export function createDpop(options: DpopOptions = {}): Dpop {
  refuseUnknownOptions('createDpop', options, optionNames)
  const { required = false, maxAge = 60, nonce, replayStore = memoryReplayStore(), publicOrigin } = options
  const algorithms = readAlgorithms(options.algorithms)
  if (typeof required !== 'boolean') throw new ConfigError('createDpop: required must be true or false.')
  if (!(Number.isFinite(maxAge) && maxAge > 0)) {
    throw new ConfigError('createDpop: maxAge must be a finite number of seconds, more than 0.')
  }
  if (typeof replayStore?.burn !== 'function') {
    throw new ConfigError('createDpop: replayStore takes a replay store, e.g. memoryReplayStore().')
  }
  requirePublicOrigin(publicOrigin)
  const nonces = nonce === undefined ? undefined : createNonces(nonce)
  const checkProof = createCheckProof({ maxAge, algorithms, nonces, replayStore, publicOrigin })
  const schemes: readonly AuthScheme[] = required ? ['DPoP'] : ['Bearer', 'DPoP']
  return {
    required,
    algorithms,
    schemes,
    challenger: (resourceMetadata) => createChallenger(schemes, algorithms, resourceMetadata),
    prove: (verified, request) => proveKey(verified, request, checkProof),
    requireFitting: ({ cnf, tokenFrom = ['header'] }) => {
      requireCnfLookedAt(cnf)
      if (!tokenFrom.includes('header')) {
        throw new ConfigError("dpop needs 'header' in tokenFrom: bound tokens come in Authorization.")
      }
      if (required && tokenFrom.length > 1) {
        throw new ConfigError("dpop.required goes with tokenFrom: ['header'] alone: no other source can prove a key.")
      }
    },
  }
}

/** The scheme must fit: under `Bearer` or in a cookie nobody proves a key, and under `DPoP` a token without a key proves nothing. */
function proveKey(
  verified: VerifiedToken,
  request: BoundRequest,
  checkProof: CheckProof,
): MaybePromise<ProofVerdict> | undefined {
  const confirmation = readConfirmation(verified.cnf)
  const isBound = confirmation?.method === 'jkt'
  if (isBound && request.scheme === 'DPoP') return checkProof(verified, confirmation.thumbprint, request)
  if (!isBound && verified.cnf !== undefined) return undefined
  return { error: unproven('binding_mismatch', verified), nonce: undefined }
}

const optionNames: Readonly<Record<keyof DpopOptions, true>> = {
  required: true,
  maxAge: true,
  algorithms: true,
  nonce: true,
  replayStore: true,
  publicOrigin: true,
}

function readAlgorithms(algorithms: unknown = defaultAlgorithms): readonly Algorithm[] {
  const list: readonly unknown[] = Array.isArray(algorithms) ? algorithms : []
  const fitting = list.filter(isAlgorithm).filter((name) => algorithmTable[name].kty !== 'oct')
  if (list.length === 0 || fitting.length < list.length) {
    throw new ConfigError(
      `createDpop: algorithms must be a list of one or more asymmetric algorithms, e.g. ${defaultAlgorithms.join(', ')}.`,
    )
  }
  return fitting
}

function requirePublicOrigin(origin: unknown): void {
  if (origin === undefined || (isSerializedOrigin(origin) && /^https?:/.test(origin))) return
  throw new ConfigError(
    'createDpop: publicOrigin must be an http or https origin, e.g. "https://api.example": no path, no trailing slash, no default port.',
  )
}
