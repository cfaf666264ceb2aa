import { ConfigError } from '../config-error.js'
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
 * Checks configured keys, of which a bad one is a mistake to mend and not, as in a fetched set, to be passed over. A good one that
 * none of the algorithms can use may stand beside others: a set is given as its issuer has published it.
 *
 * @param placeOf what to call a key by its position
 * @throws ConfigError naming the first bad key by its place, or where no key serves
 */
export function requireUsableKeys(
  set: JwkSet,
  algorithms: readonly Algorithm[],
  placeOf: (index: number) => string,
): void {
  if (typeof set !== 'object' || set === null || !Array.isArray(set.keys) || set.keys.length === 0) {
    throw new ConfigError('jwks must be a JWK Set: { keys: [ … ] } with at least one key (RFC 7517 §5).')
  }
  const keys = set.keys.map((jwk: Jwk, index: number) => {
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
 * One or several HMAC secrets as bytes, of which any may have signed: list the new one beside the old one while tokens of
 * the old one are still about.
 *
 * @param secret bytes, or a string that stands for its UTF-8 bytes
 */
export function secretBytes(secret: Secret): readonly Uint8Array[] {
  const list = Array.isArray(secret) ? secret : [secret]
  if (list.length === 0) throw new ConfigError('secret is an empty list. Give at least one secret.')
  return list.map((each: unknown) => {
    if (typeof each === 'string') return new TextEncoder().encode(each)
    if (each instanceof Uint8Array) return Uint8Array.from(each)
    throw new ConfigError('secret must be a string, a Uint8Array, or a list of these.')
  })
}

/** HMAC secrets, as an option takes them. */
export type Secret = string | Uint8Array | readonly (string | Uint8Array)[]

/** The HMAC algorithms that the shortest of the secrets is long enough for (RFC 7518 §3.2). */
export function algorithmsForSecrets(secrets: readonly Uint8Array[]): readonly Algorithm[] {
  const shortest = Math.min(...secrets.map((secret) => secret.length))
  return (['HS256', 'HS384', 'HS512'] as const).filter((alg) => shortest >= (algorithmTable[alg].hashBytes ?? 0))
}

/** A key set of HMAC secrets: a token's kid is ignored. */
export class SecretKeySet implements KeySet {
  readonly #issuer: string
  readonly #keys: readonly VerificationKey[]

  constructor(issuer: string, secrets: readonly Uint8Array[]) {
    this.#issuer = issuer
    const unsaid = { kid: undefined, alg: undefined, crv: undefined, issuer: undefined, jwk: undefined }
    this.#keys = [{ ...unsaid, kty: 'oct', secrets, imported: new Map() }]
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
