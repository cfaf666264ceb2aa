import { checkJwk, isOnCurve, parseCompactJws, verifySignature } from '@latchkey/core/adapter'
import { type FieldFault, readSingleField } from './single-field.js'

/** A device's public key, as it is stored with the session: an EC key on P-256, without other members. */
export interface DeviceKey {
  readonly kty: 'EC'
  readonly crv: 'P-256'
  readonly x: string
  readonly y: string
}

/** Why a proof is refused. `ChallengeFault` says why its challenge is. */
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
  /** The proof's `jti`: the challenge that it answers, not verified. */
  readonly challenge: unknown
}

const faultOfField: Readonly<Record<FieldFault, ProofFault>> = {
  missing: 'proof_missing',
  repeated: 'proof_repeated',
  malformed: 'proof_malformed',
}

/**
 * Verifies the proof of a registration or a refresh, the field `Secure-Session-Response`. It checks, in this order: one field;
 * a JWS, parsed as strictly as a token; `typ` exactly `dbsc+jwt`; `alg` ES256; no `crit`; the key; the signature. Other members
 * of the header and other claims are ignored.
 *
 * @param field the combined value of the field
 * @param bound the session's key; null at a registration, where the proof contains its own key (`jwk`). At a refresh, a proof
 * with a key of its own is malformed: whoever may choose the key proves nothing
 * @returns the proof, or why it is refused
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

/** Checks a public P-256 key, by the rules for an issuer's key. It must be a point on the curve. */
function readDeviceKey(jwk: unknown): DeviceKey | 'key_unfit' | 'key_private' {
  if (typeof jwk !== 'object' || jwk === null) return 'key_unfit'
  const checked = checkJwk({ ...jwk })
  if (typeof checked === 'string') return checked === 'private' || checked === 'symmetric' ? 'key_private' : 'key_unfit'
  const { kty, crv, x, y } = checked.jwk ?? {}
  if (kty !== 'EC' || crv !== 'P-256' || x === undefined || y === undefined) return 'key_unfit'
  if (checked.alg !== undefined && checked.alg !== 'ES256') return 'key_unfit'
  return isOnCurve(crv, x, y) ? { kty, crv, x, y } : 'key_unfit'
}

/** Writes a device's key as a store keeps it. */
export function writeDeviceKey({ x, y }: DeviceKey): string {
  return `${x}.${y}`
}

/** Reads a device's key as a store has kept it. */
export function keptDeviceKey(text: string): DeviceKey {
  const [x = '', y = ''] = text.split('.')
  return { kty: 'EC', crv: 'P-256', x, y }
}
