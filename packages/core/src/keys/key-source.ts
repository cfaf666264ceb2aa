import { FetchFailure } from './fetch-failure.js'
import { type Fetching, fetchJson } from './fetch-json.js'
import { locateJwks, type MetadataPlace } from './metadata.js'
import type { ReplyFields } from './reply.js'
import { usableKeys } from './usable-keys.js'
import type { VerificationKey } from './verification-key.js'

const locationFor = 86_400

/** The usable keys of a fetched set, and the header fields of each response that it came from. */
export interface FetchedKeySet {
  readonly keys: readonly VerificationKey[]
  readonly fields: readonly ReplyFields[]
}

/** Where a key set is published: at one or several configured URLs, or at the URL in the issuer's metadata. */
export type KeyPlace = readonly string[] | MetadataPlace

/** Fetches a key set. It remembers the URL from the metadata for at most 24 h. */
export class KeySource {
  readonly #place: KeyPlace
  #located: { readonly uris: readonly string[]; readonly until: number } | undefined

  constructor(place: KeyPlace) {
    this.#place = place
  }

  /**
   * Fetches the key set, within one budget for all requests. Several URLs make one set, in their order. If one fails, the whole
   * fetch fails. Never rejects.
   *
   * @param now seconds of the `SteadyClock`
   */
  async fetch(now: number, fetching: Fetching): Promise<FetchedKeySet | FetchFailure> {
    const uris = await this.#locate(now, fetching)
    if (uris instanceof FetchFailure) return uris
    const parts = await Promise.all(uris.map((uri) => fetchPart(uri, fetching)))
    const fetched: FetchedKeySet[] = []
    for (const part of parts) {
      if (part instanceof FetchFailure) {
        // The keys may have moved, so the next attempt reads the metadata again.
        this.#located = undefined
        return part
      }
      fetched.push(part)
    }
    return { keys: fetched.flatMap(({ keys }) => keys), fields: fetched.flatMap(({ fields }) => fields) }
  }

  async #locate(now: number, fetching: Fetching): Promise<readonly string[] | FetchFailure> {
    if (!('issuer' in this.#place)) return this.#place
    if (this.#located !== undefined && now < this.#located.until) return this.#located.uris
    const uri = await locateJwks(this.#place, fetching)
    if (uri instanceof FetchFailure) return uri
    this.#located = { uris: [uri], until: now + locationFor }
    return this.#located.uris
  }
}

async function fetchPart(uri: string, fetching: Fetching): Promise<FetchedKeySet | FetchFailure> {
  const response = await fetchJson(uri, 'keys', fetching)
  if (response instanceof FetchFailure) return response
  const keys = usableKeys(response.body['keys'])
  return typeof keys === 'string' ? new FetchFailure(keys, 'keys', uri) : { keys, fields: [response.fields] }
}
