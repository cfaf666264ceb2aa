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
 * A cache of at most 10,000 tokens and 16 MiB, the least recently looked up of which goes first. The whole token is the key: a
 * number made of its end finds the entry and the rest is compared, so that of two tokens with the same number one takes the
 * other's place, no more.
 *
 * In front of it stand those used last, each in the place that its number names. They are the cache's own entries and leave
 * with these.
 *
 * While there is room every newcomer is admitted. Once another would have to go, only at its second coming: so tokens that never
 * return push nothing out and leave nothing behind but a number in a table of fixed size.
 */
export function createTokenCache(): TokenCache {
  const recent: (VerifiedToken | undefined)[] = new Array(1024).fill(undefined)
  // Beside them, so that a token that is none of them does not fetch another one from memory to compare it.
  const recentPrints = new Int32Array(recent.length)
  const seenOnce = new Int32Array(16_384)
  const remembered = new LRUCache<number, VerifiedToken>({
    max: maxEntries,
    maxSize: maxBytes,
    sizeCalculation: estimateBytes,
    dispose: (verified, print) => {
      const place = print & (recent.length - 1)
      if (recent[place] === verified) recent[place] = undefined
    },
  })

  function putInFront(print: number, verified: VerifiedToken): void {
    const place = print & (recent.length - 1)
    recent[place] = verified
    recentPrints[place] = print
  }

  function isFull(verified: VerifiedToken): boolean {
    return remembered.size >= maxEntries || remembered.calculatedSize + estimateBytes(verified) > maxBytes
  }

  /** A fingerprint admits nothing that was not verified: it only says that something like it was here before. */
  function cameBefore(print: number): boolean {
    const place = print & (seenOnce.length - 1)
    const before = seenOnce[place] === print
    seenOnce[place] = before ? 0 : print
    return before
  }

  return {
    get: (token) => {
      const print = fingerprintOf(token)
      const place = print & (recent.length - 1)
      if (recentPrints[place] === print && recent[place]?.token === token) return recent[place]
      const found = remembered.get(print)
      if (found?.token !== token) return undefined
      putInFront(print, found)
      return found
    },
    set: (verified) => {
      const print = fingerprintOf(verified.token)
      if (isFull(verified) && !remembered.has(print) && !cameBefore(print)) return
      remembered.set(print, verified)
      putInFront(print, verified)
    },
  }
}

/**
 * 32 bits of a token's last eight characters (FNV-1a), never 0: those of a signature are as good as random. V8 would hash the
 * whole of a string just cut from a header: for an RS256 token that takes 0.9 µs.
 */
function fingerprintOf(token: string): number {
  let hash = 0x811c9dc5
  for (let at = token.length - 8; at < token.length; at++) hash = Math.imul(hash ^ token.charCodeAt(at), 0x01000193)
  return hash || 1
}

/** The token itself, its claims (decoded they take about three times their text) and the objects around them. */
function estimateBytes(verified: VerifiedToken): number {
  return 512 + 5 * verified.token.length
}
