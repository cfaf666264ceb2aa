import { ConfigError } from '../config-error.js'
import type { Jwk, JwkSet } from './jwk.js'
import { jwkFromPem } from './pem.js'

/** One or several public keys in PEM (`BEGIN PUBLIC KEY`). Keys of the same type must be given with a `kid` each. */
export type PublicKeys = string | readonly string[] | readonly { readonly kid: string; readonly pem: string }[]

/**
 * Turns configured PEM keys into a JWK Set.
 *
 * @throws ConfigError for an empty list, for a text that is not a PEM public key, or for two keys of one type without a kid of
 * their own
 */
export function jwksFromPem(publicKeys: PublicKeys): JwkSet {
  const list: readonly (string | { readonly kid: string; readonly pem: string })[] =
    typeof publicKeys === 'string' ? [publicKeys] : publicKeys
  if (!Array.isArray(list) || list.length === 0) {
    throw new ConfigError('publicKeys is empty. Give at least one PEM public key.')
  }
  const keys: Jwk[] = Array.from(list, (each, index) => {
    const place = placeOfPem(publicKeys, index)
    if (typeof each === 'string') return jwkFromPem(each, place)
    if (typeof each?.kid !== 'string' || typeof each.pem !== 'string') {
      throw new ConfigError(`${place} must be a PEM string, or an object { kid, pem } of two strings.`)
    }
    return { ...jwkFromPem(each.pem, place), kid: each.kid }
  })
  const labels = keys.map((key) => (key['kid'] === undefined ? `${key.kty} ${key['crv']}` : `kid ${key['kid']}`))
  if (new Set(labels).size < labels.length) {
    throw new ConfigError(
      'publicKeys holds two keys that nothing tells apart. Give each as { kid, pem }, each with its own kid.',
    )
  }
  return { keys }
}

/** Gives the name of one of the configured PEM keys, for a message. */
export function placeOfPem(publicKeys: PublicKeys, index: number): string {
  return typeof publicKeys === 'string' ? 'publicKeys' : `publicKeys[${index}]`
}
