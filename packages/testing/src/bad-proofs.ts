import type { AuthErrorCode, DenialReason } from '@latchkey/core'
import type { ProofRequest } from './dpop.js'
import { createTestKey, type TestKey } from './test-key.js'

/** The names of the ready-made bad proofs. */
export type BadProofName =
  | 'not_a_proof'
  | 'wrong_type'
  | 'critical_extension'
  | 'alg_hmac'
  | 'private_key'
  | 'missing_key'
  | 'tampered_signature'
  | 'wrong_method'
  | 'wrong_url'
  | 'missing_jti'
  | 'too_long_jti'
  | 'missing_iat'
  | 'stale'
  | 'in_future'
  | 'missing_token_hash'
  | 'wrong_token'
  | 'other_key'

/** A proof that must be refused, with the answer that Latchkey gives. */
export interface BadProof {
  /** What is wrong with it. */
  readonly name: BadProofName
  /** The proof itself. */
  readonly proof: string
  /** The code in the response. */
  readonly code: AuthErrorCode
  /** The reason in the event `denied`. */
  readonly reason: DenialReason
}

interface Material {
  readonly request: ProofRequest
  readonly key: TestKey
  readonly sign: (request: ProofRequest, signer?: Pick<TestKey, 'sign'>) => string
  /** Seconds since the epoch. */
  readonly now: number
}

type Recipe = readonly [reason: DenialReason, make: (material: Material) => string]

const hour = 3600

/** Makes a good proof, except for these header members and claims. */
function but(header: ProofRequest['header'], claims: ProofRequest['claims'] = {}): (material: Material) => string {
  return ({ request, sign }) =>
    sign({ ...request, header: { ...request.header, ...header }, claims: { ...request.claims, ...claims } })
}

const recipes: Readonly<Record<BadProofName, Recipe>> = {
  not_a_proof: ['proof_malformed', () => 'not-a-proof'],
  wrong_type: ['proof_type', but({ typ: 'JWT' })],
  critical_extension: ['crit_unsupported', but({ crit: ['exp'] })],
  alg_hmac: ['proof_algorithm', but({ alg: 'HS256' })],
  private_key: ['key_private', (m) => but({ jwk: m.key.privateJwk })(m)],
  missing_key: ['key_unfit', but({ jwk: undefined })],
  tampered_signature: ['proof_signature', (m) => but({})(m).replace(/\.(.)([^.]*)$/, flipFirst)],
  wrong_method: ['htm_mismatch', (m) => but({}, { htm: m.request.method === 'PATCH' ? 'PUT' : 'PATCH' })(m)],
  wrong_url: ['htu_mismatch', but({}, { htu: 'https://another-api.test/' })],
  missing_jti: ['jti_invalid', but({}, { jti: undefined })],
  too_long_jti: ['jti_invalid', but({}, { jti: 'x'.repeat(257) })],
  missing_iat: ['iat_invalid', but({}, { iat: undefined })],
  stale: ['proof_stale', (m) => but({}, { iat: m.now - hour })(m)],
  in_future: ['iat_in_future', (m) => but({}, { iat: m.now + hour })(m)],
  missing_token_hash: ['ath_mismatch', but({}, { ath: undefined })],
  wrong_token: ['ath_mismatch', ({ request, sign }) => sign({ ...request, token: 'another-token' })],
  other_key: ['jkt_mismatch', (m) => otherKey(m)],
}

/** Makes all bad proofs. Each has only the fault in its name, and is otherwise made from the request. */
export function makeBadProofs(material: Material): readonly BadProof[] {
  return (Object.keys(recipes) as BadProofName[]).map((name) => makeBadProof(name, material))
}

/**
 * Makes one bad proof.
 *
 * @throws TypeError if there is no such name
 */
export function makeBadProof(name: BadProofName, material: Material): BadProof {
  if (!Object.hasOwn(recipes, name)) {
    throw new TypeError(`There is no bad proof of that name. Known: ${Object.keys(recipes).join(', ')}.`)
  }
  const [reason, make] = recipes[name]
  return { name, proof: make(material), code: 'proof_rejected', reason }
}

/** Makes a good proof with another key than the one that the token is bound to. */
function otherKey({ request, key, sign }: Material): string {
  const stranger = createTestKey(key.alg)
  const { kid: _kid, alg: _alg, use: _use, ...jwk } = stranger.publicJwk ?? {}
  return sign({ ...request, header: { ...request.header, jwk } }, stranger)
}

/** Changes the first byte. The rest stays, so the form stays canonical. */
function flipFirst(_found: string, first: string, rest: string): string {
  return `.${first === 'A' ? 'B' : 'A'}${rest}`
}
