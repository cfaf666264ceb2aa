import { LRUCache } from 'lru-cache'
import type { VerifiedToken } from './verified-token.js'

/** Remembers tokens that were found good, so that a token seen before costs a look-up. */
export interface TokenCache {
  /** The remembered token; whether it is still good is for the caller to ask. */
  get(token: string): VerifiedToken | undefined
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

/**
 * A cache of at most 10,000 tokens and 16 MiB, the least recently used of which goes first. The whole token is the key: its
 * end finds the entry and the rest is compared, so that of two tokens that end alike one takes the other's place, no more.
 */
export function createTokenCache(): TokenCache {
  const remembered = new LRUCache<string, VerifiedToken>({
    max: maxEntries,
    maxSize: maxBytes,
    sizeCalculation: estimateBytes,
  })
  return {
    get: (token) => {
      const found = remembered.get(token.slice(-tail))
      return found?.token === token ? found : undefined
    },
    set: (verified) => void remembered.set(verified.token.slice(-tail), verified),
  }
}

/** The token itself, its claims (decoded they take about three times their text) and the objects around them. */
function estimateBytes(verified: VerifiedToken): number {
  return 512 + 4 * verified.token.length
}
