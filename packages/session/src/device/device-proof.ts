import { checkJwk, isOnCurve, parseCompactJws, verifySignature } from '@latchkey/core/adapter'
import { type FieldFault, readSingleField } from './single-field.js'

/** A device's public key as it is kept beside the session: EC P-256, no other member. */
export interface DeviceKey {
  readonly kty: 'EC'
  readonly crv: 'P-256'
  readonly x: string
  readonly y: string
}

/** Why a proof is not good; a challenge has faults of its own. */
export type ProofFault =
  | 'proof_missing'
  | 'proof_repeated'
  | 'proof_malformed'
  | 'proof_type'
  | 'proof_algorithm'
  | 'key_unfit'
  | 'key_private'
  | 'proof_signature'

/** A proof whose signature is good. */
export interface DeviceProof {
  readonly key: DeviceKey
  /** `jti`: the challenge that it answers, unverified. */
  readonly challenge: unknown
}

const faultOfField: Readonly<Record<FieldFault, ProofFault>> = {
  missing: 'proof_missing',
  repeated: 'proof_repeated',
  malformed: 'proof_malformed',
}

/**
 * Verifies the proof of a registration or a refresh, the field `Secure-Session-Response`. In this order: one field; a JWS as
 * strict as a token; `typ` exactly `dbsc+jwt`; `alg` ES256; no `crit`; a key; its signature. Other members of the header and
 * the claims are ignored.
 *
 * @param field the combined field value
 * @param bound the session's key; null at a registration, where the proof brings its own (`jwk`). A proof at a refresh that
 *   brings one is malformed: whoever may choose the key proves nothing
 */
export async function verifyDeviceProof(
  field: string | undefined,
  bound: DeviceKey | null,
): Promise<DeviceProof | ProofFault> {
  const read = readSingleField(field)
  if (typeof read === 'string') return faultOfField[read]
  const proof = parseCompactJws(read.item)
  if (proof === undefined) return 'proof_malformed'
  const { typ, alg, crit, jwk } = proof.header as Record<string, unknown>
  if (typ !== 'dbsc+jwt') return 'proof_type'
  if (alg !== 'ES256') return 'proof_algorithm'
  if (crit !== undefined) return 'proof_malformed'
  if (bound !== null && jwk !== undefined) return 'proof_malformed'

  const key = bound ?? readDeviceKey(jwk)
  if (typeof key === 'string') return key
  const verifying = checkJwk({ ...key })
  if (typeof verifying === 'string') return 'key_unfit'
  const isGood = await verifySignature(verifying, 'ES256', proof.signingInput, proof.signature)
  return isGood ? { key, challenge: proof.claims['jti'] } : 'proof_signature'
}

/** A public P-256 key, by the rules for an issuer's key; a point of the curve. */
function readDeviceKey(jwk: unknown): DeviceKey | 'key_unfit' | 'key_private' {
  if (typeof jwk !== 'object' || jwk === null) return 'key_unfit'
  const checked = checkJwk({ ...jwk })
  if (typeof checked === 'string') return checked === 'private' || checked === 'symmetric' ? 'key_private' : 'key_unfit'
  const { kty, crv, x, y } = checked.jwk ?? {}
  if (kty !== 'EC' || crv !== 'P-256' || x === undefined || y === undefined) return 'key_unfit'
  if (checked.alg !== undefined && checked.alg !== 'ES256') return 'key_unfit'
  return isOnCurve(crv, x, y) ? { kty, crv, x, y } : 'key_unfit'
}

/** A device's key as a store keeps it. */
export function writeDeviceKey({ x, y }: DeviceKey): string {
  return `${x}.${y}`
}

/** A device's key as a store has kept it. */
export function keptDeviceKey(text: string): DeviceKey {
  const [x = '', y = ''] = text.split('.')
  return { kty: 'EC', crv: 'P-256', x, y }
}
