import { LRUCache } from 'lru-cache'
import type { VerifiedToken } from './verified-token.js'

/** Remembers good tokens, so that a token that comes again costs only a look-up. */
export interface TokenCache {
  /** Gives a remembered token. The caller must check that it is still good. */
  get(token: string): VerifiedToken | undefined
  /** Remembers a good token. Refused tokens are never remembered, so a flood of them evicts nothing. */
  set(verified: VerifiedToken): void
}

const maxEntries = 10_000
const maxBytes = 16 * 1024 * 1024

/**
 * Makes a cache of at most 10,000 tokens and 16 MiB. The token that was not looked up for the longest time is dropped first. A
 * number made from a token's end finds the entry, and then the whole token is compared. So of two tokens with the same number,
 * only one is remembered.
 *
 * In front of it is a small table of the tokens used last, each in a place that its number chooses. When the cache drops a
 * token, the table drops it too.
 *
 * While there is room, every new token is remembered. When the cache is full, a new token is remembered only when it comes a
 * second time. So tokens that never come again push nothing out, and leave only a number in a table of fixed size.
 */
export function createTokenCache(): TokenCache {
  const recent: (VerifiedToken | undefined)[] = new Array(1024).fill(undefined)
  // The numbers of these tokens, so that a token that is not among them need not be compared with another one, which costs
  // memory access.
  const recentPrints = new Int32Array(recent.length)
  // For each of 16,384 places, side by side, so that a new token costs one access to cold memory: how many remembered tokens are
  // there, and the number of the last token that was not remembered.
  const places = new Int32Array(2 * 16_384)
  const countAt = (print: number) => 2 * (print & 16_383)
  const remembered = new LRUCache<number, VerifiedToken>({
    max: maxEntries,
    maxSize: maxBytes,
    sizeCalculation: estimateBytes,
    dispose: (verified, print) => {
      count(print, -1)
      const place = print & (recent.length - 1)
      if (recent[place] === verified) recent[place] = undefined
    },
  })

  function count(print: number, change: number): void {
    places[countAt(print)] = (places[countAt(print)] ?? 0) + change
  }

  function putInFront(print: number, verified: VerifiedToken): void {
    const place = print & (recent.length - 1)
    recent[place] = verified
    recentPrints[place] = print
  }

  function isFull(verified: VerifiedToken): boolean {
    return remembered.size >= maxEntries || remembered.calculatedSize + estimateBytes(verified) > maxBytes
  }

  /** Whether a token with this end probably came before. A wrong yes does no harm: only verified tokens are ever remembered. */
  function cameBefore(print: number): boolean {
    const place = countAt(print) + 1
    const before = places[place] === print
    places[place] = before ? 0 : print
    return before
  }

  return {
    get: (token) => {
      const print = fingerprintOf(token)
      const place = print & (recent.length - 1)
      if (recentPrints[place] === print && recent[place]?.token === token) return recent[place]
      if (places[countAt(print)] === 0) return undefined
      const found = remembered.get(print)
      if (found?.token !== token) return undefined
      putInFront(print, found)
      return found
    },
    set: (verified) => {
      const print = fingerprintOf(verified.token)
      if (isFull(verified) && !cameBefore(print)) return
      count(print, +1)
      remembered.set(print, verified)
      putInFront(print, verified)
    },
  }
}

/**
 * Makes a number of 32 bits from a token's last six characters (FNV-1a), never 0. In a signature they are as good as random.
 * V8 would hash the whole text, which was just cut from a header, and for an RS256 token that takes 0.9 µs.
 */
function fingerprintOf(token: string): number {
  let hash = 0x811c9dc5
  for (let at = token.length - 6; at < token.length; at++) hash = Math.imul(hash ^ token.charCodeAt(at), 0x01000193)
  return hash || 1
}

/** Estimates the memory of an entry: the token, its decoded claims (about three times their text) and the objects around them. */
function estimateBytes(verified: VerifiedToken): number {
  return 512 + 5 * verified.token.length
}
