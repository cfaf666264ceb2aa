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
 * A cache of at most 10,000 tokens and 16 MiB, the least recently looked up of which goes first. The whole token is the key:
 * its end finds the entry and the rest is compared, so that of two tokens that end alike one takes the other's place, no more.
 *
 * In front of it stand those used last, each in the place that its last characters name: V8 compares strings faster than it
 * hashes them. They are the cache's own entries and leave with these.
 *
 * While there is room every newcomer is admitted. Once another would have to go, only at its second coming: so tokens that never
 * return push nothing out and leave nothing behind but a number in a table of fixed size.
 */
export function createTokenCache(): TokenCache {
  const recent: (VerifiedToken | undefined)[] = new Array(1024).fill(undefined)
  const seenOnce = new Uint32Array(16_384)
  const remembered = new LRUCache<string, VerifiedToken>({
    max: maxEntries,
    maxSize: maxBytes,
    sizeCalculation: estimateBytes,
    dispose: (verified) => {
      const place = placeOf(verified.token)
      if (recent[place] === verified) recent[place] = undefined
    },
  })

  function isFull(verified: VerifiedToken): boolean {
    return remembered.size >= maxEntries || remembered.calculatedSize + estimateBytes(verified) > maxBytes
  }

  /** A fingerprint admits nothing that was not verified: it only says that something like it was here before. */
  function cameBefore(end: string): boolean {
    const print = fingerprintOf(end)
    const place = print % seenOnce.length
    const before = seenOnce[place] === print
    seenOnce[place] = before ? 0 : print
    return before
  }

  return {
    get: (token) => {
      const place = placeOf(token)
      const last = recent[place]
      if (last !== undefined && last.token === token) return last
      const found = remembered.get(token.slice(-tail))
      if (found?.token !== token) return undefined
      recent[place] = found
      return found
    },
    set: (verified) => {
      const end = verified.token.slice(-tail)
      if (isFull(verified) && !remembered.has(end) && !cameBefore(end)) return
      remembered.set(end, verified)
      recent[placeOf(verified.token)] = verified
    },
  }
}

/** 32 bits of a token's end (FNV-1a), never 0. */
function fingerprintOf(end: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < end.length; at++) hash = Math.imul(hash ^ end.charCodeAt(at), 0x01000193)
  return hash >>> 0 || 1
}

/** One of 1,024, by the two characters before the last: those of a signature are as good as random. */
function placeOf(text: string): number {
  return ((text.charCodeAt(text.length - 2) & 31) << 5) | (text.charCodeAt(text.length - 3) & 31)
}

/** The token itself, its claims (decoded they take about three times their text) and the objects around them. */
function estimateBytes(verified: VerifiedToken): number {
  return 512 + 5 * verified.token.length
}
