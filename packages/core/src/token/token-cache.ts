import { LRUCache } from 'lru-cache'
import type { VerifiedToken } from './verified-token.js'

/** Remembers tokens that were found good, so that a token seen before costs a look-up. */
export interface TokenCache {
  /** The remembered token; whether it is still good is for the caller to ask. */
  get(token: string): VerifiedToken | undefined
  /**
   * The remembered token of an `Authorization` field whose whole value is `Bearer `, in just this spelling, and the token.
   * Finds only the one used last of those that share a place; `get` finds them all.
   */
  getByField(value: string): VerifiedToken | undefined
  /** Remembers a token. Only good ones: a refused token is never remembered, so a flood of them evicts nothing. */
  set(verified: VerifiedToken): void
}

const maxEntries = 10_000
const maxBytes = 16 * 1024 * 1024

/**
 * Characters at a token's end that find it: the end of its signature, which no two tokens have in common. V8 hashes a string
 * when it is first looked up, and a string just cut from a header every time: for a whole RS256 token that takes 0.9 µs.
 */
const tail = 32

/** A token used lately, with the value of the field that brings it. */
interface Recent {
  readonly field: string
  readonly verified: VerifiedToken
}

/**
 * A cache of at most 10,000 tokens and 16 MiB, the least recently looked up of which goes first. The whole token is the key:
 * its end finds the entry and the rest is compared, so that of two tokens that end alike one takes the other's place, no more.
 *
 * In front of it stand those used last, each in the place that its last characters name, compared with the whole field as it
 * came: V8 compares strings faster than it cuts and hashes them. They are the cache's own entries and leave with these.
 */
export function createTokenCache(): TokenCache {
  const recent: (Recent | undefined)[] = new Array(1024).fill(undefined)
  const remembered = new LRUCache<string, VerifiedToken>({
    max: maxEntries,
    maxSize: maxBytes,
    sizeCalculation: estimateBytes,
    dispose: (verified) => {
      const place = placeOf(verified.token)
      if (recent[place]?.verified === verified) recent[place] = undefined
    },
  })

  function use(verified: VerifiedToken): void {
    recent[placeOf(verified.token)] = { field: `Bearer ${verified.token}`, verified }
  }

  return {
    get: (token) => {
      const found = remembered.get(token.slice(-tail))
      if (found?.token !== token) return undefined
      use(found)
      return found
    },
    getByField: (value) => {
      const found = recent[placeOf(value)]
      return found?.field === value ? found.verified : undefined
    },
    set: (verified) => {
      remembered.set(verified.token.slice(-tail), verified)
      use(verified)
    },
  }
}

/** One of 1,024, by the two characters before the last: those of a signature are as good as random. */
function placeOf(text: string): number {
  return ((text.charCodeAt(text.length - 2) & 31) << 5) | (text.charCodeAt(text.length - 3) & 31)
}

/** The token itself, twice, its claims (decoded they take about three times their text) and the objects around them. */
function estimateBytes(verified: VerifiedToken): number {
  return 512 + 5 * verified.token.length
}
