import { canImport } from '#signature'
import type { KeysFailure } from '../events.js'
import { asymmetricAlgorithms } from './algorithms.js'
import { checkJwk, fits, type Jwk } from './jwk.js'
import type { VerificationKey } from './verification-key.js'

const mostKeys = 50

/**
 * Checks the `keys` of a JWK Set (RFC 7517 §5). The whole set is refused if it contains a private or symmetric key, because its
 * issuer has published a secret. A key that cannot be used is skipped.
 *
 * @returns at least one and at most 50 keys, or why the set is refused
 */
export function usableKeys(jwks: unknown): readonly VerificationKey[] | KeysFailure {
  if (!Array.isArray(jwks)) return 'no_usable_key'
  if (jwks.length > mostKeys) return 'too_many_keys'
  const checked = jwks.map((jwk: Jwk) => checkJwk(jwk))
  if (checked.some((key) => key === 'private' || key === 'symmetric')) return 'private_key'
  const keys = checked.filter((key) => typeof key !== 'string').filter(isImportable)
  return keys.length === 0 ? 'no_usable_key' : keys
}

/** Whether the platform can import a key for at least one algorithm. */
export function isImportable(key: VerificationKey): boolean {
  const alg = asymmetricAlgorithms.find((name) => fits(key, name))
  return alg !== undefined && canImport(key, alg)
}
