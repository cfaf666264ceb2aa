import { ConfigError, requireOneOrMore } from '../config-error.js'
import { type Algorithm, algorithmTable } from './algorithms.js'
import { checkJwk, fits, type Jwk, type JwkFault, type JwkSet } from './jwk.js'
import type { KeySet, KeySetSnapshot } from './key-set.js'
import { isImportable } from './usable-keys.js'
import type { VerificationKey } from './verification-key.js'

const faultTexts: Record<JwkFault, string> = {
  private: 'holds private key material. A verifier needs the public half only; remove the private members.',
  symmetric: 'is symmetric (oct). Give HMAC secrets as the option `secret`.',
  weak: 'is too weak: RSA keys need at least 2048 bits and an odd exponent of 3 or more.',
  unfit:
    'cannot verify signatures: check kty, crv, alg, use and key_ops (RFC 7517 §4), and that its parameters are whole.',
}

/**
 * Checks configured keys. A bad key here is a mistake of the app; in a fetched set it would only be skipped. A good key that
 * fits none of the algorithms may stand beside others, because a set is given as its issuer has published it.
 *
 * @param placeOf gives the name of a key for the message, by its position
 * @throws ConfigError that names the first bad key, or if no key fits an algorithm
 */
export function requireUsableKeys(
  set: JwkSet,
  algorithms: readonly Algorithm[],
  placeOf: (index: number) => string,
): void {
  if (typeof set !== 'object' || set === null || !Array.isArray(set.keys) || set.keys.length === 0) {
    throw new ConfigError('jwks must be a JWK Set: { keys: [ … ] } with at least one key (RFC 7517 §5).')
  }
  const keys = Array.from(set.keys, (jwk: Jwk, index: number) => {
    const key = checkJwk(jwk)
    if (typeof key === 'string') throw new ConfigError(`${placeOf(index)} ${faultTexts[key]}`)
    if (!isImportable(key)) throw new ConfigError(`${placeOf(index)} ${faultTexts.unfit}`)
    return key
  })
  if (!keys.some((key) => algorithms.some((name) => fits(key, name)))) {
    throw new ConfigError(`${placeOf(0)} serves none of the allowed algorithms: ${algorithms.join(', ')}.`)
  }
}

/**
 * Gives HMAC secrets as bytes.
 *
 * @param secret bytes, or a string that is taken as UTF-8
 * @throws ConfigError for an empty list or another type
 */
export function secretBytes(secret: Secret): readonly Uint8Array[] {
  const form = 'must be a string, a Uint8Array, or a list of these.'
  return requireOneOrMore('secret', secret, isSecret, form).map((each) =>
    typeof each === 'string' ? new TextEncoder().encode(each) : Uint8Array.from(each),
  )
}

function isSecret(value: unknown): value is string | Uint8Array {
  return typeof value === 'string' || value instanceof Uint8Array
}

/**
 * One or several HMAC secrets, of which any may have signed. A string is taken as UTF-8. To change a secret, list the new one
 * beside the old one until the tokens of the old one have expired.
 */
export type Secret = string | Uint8Array | readonly (string | Uint8Array)[]

/** Gives the HMAC algorithms for which the shortest of the secrets is long enough (RFC 7518 §3.2). */
export function algorithmsForSecrets(secrets: readonly Uint8Array[]): readonly Algorithm[] {
  const shortest = Math.min(...secrets.map((secret) => secret.length))
  return (['HS256', 'HS384', 'HS512'] as const).filter((alg) => shortest >= (algorithmTable[alg].hashBytes ?? 0))
}

/** A key set of HMAC secrets. It ignores a token's kid. */
export class SecretKeySet implements KeySet {
  readonly #issuer: string
  readonly #keys: readonly VerificationKey[]

  constructor(issuer: string, secrets: readonly Uint8Array[]) {
    this.#issuer = issuer
    const none = undefined
    // Without a spread, for the reason that `createIssuer` gives.
    this.#keys = [{ kid: none, alg: none, kty: 'oct', crv: none, issuer: none, jwk: none, secrets, imported: {} }]
  }

  find(): readonly VerificationKey[] {
    return this.#keys
  }

  trusts(): boolean {
    return true
  }

  async ready(): Promise<void> {}

  async refresh(): Promise<void> {}

  forget(): void {}

  start(): void {}

  snapshot(): KeySetSnapshot {
    return { issuer: this.#issuer, state: 'static', age: null, kids: [], lastError: null, nextAttempt: null }
  }
}
