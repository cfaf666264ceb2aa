import { ConfigError, refuseUnknownOptions, requireList, requirePositive } from '../config-error.js'
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

/** Options of `createDpop`: how proofs of possession are checked (RFC 9449). Durations are in seconds. */
export interface DpopOptions {
  /** Accepts only bound tokens. A value of the scheme `Bearer` then counts as no token. Default false. */
  readonly required?: boolean
  /** The longest time since a proof's `iat`, in seconds. Default 60. */
  readonly maxAge?: number
  /**
   * The algorithms that proofs may be signed with, in the order in which a challenge names them; no HMAC. Default: ES256, ES384,
   * ES512, PS256, RS256, EdDSA, Ed25519.
   */
  readonly algorithms?: readonly Algorithm[]
  /** Requires a nonce in each proof, so that nobody can make proofs in advance (RFC 9449 §9). Default: nonces are not checked. */
  readonly nonce?: NonceOptions
  /**
   * Remembers used proofs, so that each is good only once. All processes of the app must share one store. Default:
   * `memoryReplayStore()`, which is right for one process.
   */
  readonly replayStore?: ReplayStore
  /**
   * The API's scheme and host as clients see them, e.g. `https://api.example`. Set it if the framework cannot know them. Default:
   * those of the request, as the framework's own trust-proxy setting gives them.
   */
  readonly publicOrigin?: string
}

/** Checks proofs of possession. `createDpop` makes it, for the option `dpop` of one or more verifiers. */
export interface Dpop extends Binding {
  /** Whether only bound tokens are accepted. */
  readonly required: boolean
  /** The algorithms that proofs may be signed with, in the order in which a challenge names them. */
  readonly algorithms: readonly Algorithm[]
  /** The accepted schemes of `Authorization`, in the order of the challenges. */
  readonly schemes: readonly AuthScheme[]
  /** Makes the function that adds to an error how to challenge the client. Takes the URL of the resource's metadata. */
  readonly challenger: (resourceMetadata: string | undefined) => Challenger
}

/** The default of `algorithms`, in the order of the challenge. */
const defaultAlgorithms: readonly Algorithm[] = ['ES256', 'ES384', 'ES512', 'PS256', 'RS256', 'EdDSA', 'Ed25519']

/**
 * Makes the value of the option `dpop` of `createVerifier`. With it, a token that is bound to a key (`cnf.jkt`) is accepted under
 * the scheme `DPoP`. The request must carry a proof that the client holds the key, and the proof is good for this one request
 * (RFC 9449). The proof is checked at every request, also if the token is remembered. The checks, in this order:
 *
 * 1. There is exactly one `DPoP` field of at most 8,192 characters. It holds a compact JWS, parsed as strictly as a token, with
 *    the `typ` `dpop+jwt` and no `crit`.
 * 2. `alg` is on the list, `jwk` is a public key that fits it, and the signature is by that key.
 * 3. `htm` is the request's method. `htu` is the target URI without query and fragment, compared after the normalisation of
 *    RFC 3986 §6.2.2 and §6.2.3.
 * 4. `jti` is a text of 1 to 256 characters. `iat` is neither too old nor in the future. `nonce` is good, if nonces are required.
 *    `ath` is the token's hash. The key is the one that the token is bound to.
 * 5. The pair of key and `jti` was not used before. If the replay store cannot say, the answer is 503 (`store_unavailable`).
 *
 * The first check that fails decides the answer: `nonce_required` for the nonce, `proof_rejected` for all others.
 *
 * @throws ConfigError for an option that is unknown, of the wrong type or unsafe
 */
export function createDpop(options: DpopOptions = {}): Dpop {
  refuseUnknownOptions('createDpop', options, optionNames)
  const { required = false, maxAge = 60, nonce, replayStore = memoryReplayStore(), publicOrigin } = options
  const algorithms = readAlgorithms(options.algorithms)
  if (typeof required !== 'boolean') throw new ConfigError('createDpop: required must be true or false.')
  requirePositive('createDpop: maxAge', maxAge)
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

/**
 * Checks that the scheme fits the token. `Bearer` and cookies prove no key; a token without a key does not belong under `DPoP`.
 */
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
  const form = `takes asymmetric algorithms, in a list, e.g. ${defaultAlgorithms.join(', ')}.`
  return requireList('createDpop: algorithms', algorithms, isAsymmetric, form)
}

function isAsymmetric(name: unknown): name is Algorithm {
  return isAlgorithm(name) && algorithmTable[name].kty !== 'oct'
}

function requirePublicOrigin(origin: unknown): void {
  if (origin === undefined || (isSerializedOrigin(origin) && /^https?:/.test(origin))) return
  throw new ConfigError(
    'createDpop: publicOrigin must be an http or https origin, e.g. "https://api.example": no path, no trailing slash, no default port.',
  )
}
