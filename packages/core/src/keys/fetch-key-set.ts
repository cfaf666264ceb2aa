import { canImport } from '#signature'
import type { KeysFailure } from '../events.js'
import { asymmetricAlgorithms } from './algorithms.js'
import { type FetchBudget, FetchFailure, fetchJson } from './fetch-json.js'
import { checkJwk, fits, type Jwk } from './jwk.js'
import { locateJwks } from './metadata.js'
import type { VerificationKey } from './verification-key.js'

const mostKeys = 50
const locationFor = 86_400

/** The keys of a fetched set, all usable, and the header fields it came with. */
export interface FetchedKeySet {
  readonly keys: readonly VerificationKey[]
  readonly headers: Headers
}

/** Where one issuer publishes its keys: configured, or found through its metadata and remembered for at most 24 h. */
export class KeySource {
  readonly #issuer: string
  readonly #configured: string | undefined
  #located: { readonly uri: string; readonly until: number } | undefined

  /** @param jwksUri absent: through the metadata document of `issuer` */
  constructor(issuer: string, jwksUri: string | undefined) {
    this.#issuer = issuer
    this.#configured = jwksUri
  }

  /**
   * Fetches the key set, within one budget for everything that takes. Never rejects.
   *
   * @param now seconds of the `SteadyClock`
   */
  async fetch(now: number, budget: FetchBudget): Promise<FetchedKeySet | FetchFailure> {
    const uri = await this.#locate(now, budget)
    if (uri instanceof FetchFailure) return uri
    const fetched = await fetchKeySet(uri, budget)
    // The keys may have moved: the next attempt asks the metadata again.
    if (fetched instanceof FetchFailure) this.#located = undefined
    return fetched
  }

  async #locate(now: number, budget: FetchBudget): Promise<string | FetchFailure> {
    if (this.#configured !== undefined) return this.#configured
    if (this.#located !== undefined && now < this.#located.until) return this.#located.uri
    const uri = await locateJwks(this.#issuer, budget)
    this.#located = uri instanceof FetchFailure ? undefined : { uri, until: now + locationFor }
    return uri
  }
}

async function fetchKeySet(uri: string, budget: FetchBudget): Promise<FetchedKeySet | FetchFailure> {
  const response = await fetchJson(uri, budget)
  if (response instanceof FetchFailure) return response
  const keys = usableKeys(response.body['keys'])
  return typeof keys === 'string' ? new FetchFailure(keys) : { keys, headers: response.headers }
}

/**
 * Checks the `keys` of a JWK Set (RFC 7517 §5). A private or symmetric key in it condemns the whole set: whoever
 * publishes one has published a secret. A key that we cannot use is passed over.
 *
 * @returns at least one key, or why the set is refused
 */
export function usableKeys(jwks: unknown): readonly VerificationKey[] | KeysFailure {
  if (!Array.isArray(jwks)) return 'no_usable_key'
  if (jwks.length > mostKeys) return 'too_many_keys'
  const checked = jwks.map((jwk: Jwk) => checkJwk(jwk))
  if (checked.some((key) => key === 'private' || key === 'symmetric')) return 'private_key'
  const keys = checked.filter((key) => typeof key !== 'string').filter(isImportable)
  return keys.length === 0 ? 'no_usable_key' : keys
}

function isImportable(key: VerificationKey): boolean {
  const alg = asymmetricAlgorithms.find((name) => fits(key, name))
  return alg !== undefined && canImport(key, alg)
}
