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
 * A cache of at most 10,000 tokens and 16 MiB, the least recently used of which goes first. The whole token is the key:
 * anything shorter would have to be collision-proof.
 */
export function createTokenCache(): TokenCache {
  const remembered = new LRUCache<string, VerifiedToken>({
    max: maxEntries,
    maxSize: maxBytes,
    sizeCalculation: estimateBytes,
  })
  return {
    get: (token) => remembered.get(token),
    set: (verified) => void remembered.set(verified.token, verified),
  }
}

/** The token itself, its claims (decoded they take about three times their text) and the objects around them. */
function estimateBytes(verified: VerifiedToken): number {
  return 512 + 4 * verified.token.length
}
