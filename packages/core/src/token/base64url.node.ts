import { isUtf8 } from 'node:buffer'

/**
 * Where segments are decoded to, one after the other: making a new buffer for each costs 0.4 µs. Holds those of a token
 * of Node's 16 KiB; a longer segment gets a buffer of its own.
 */
const shared = Buffer.alloc(16_384)

/**
 * The twin of the check in `base64url.ts` for Node, where decoding takes a third of what a regular expression does. Buffer
 * leaves out what is not of its alphabet, so that the bytes become too few. Looked for by themselves: `+` and `/`, which it
 * takes for `-` and `_`; trailing bits, which it drops; and characters of more than a byte, of which it takes the lower one.
 * Bun and Deno, which take this twin too, do the same.
 */
export function isCanonicalBase64url(text: string): boolean {
  return decodeCanonical(text, bufferFor(text)) !== 0
}

/**
 * The twin of `decodeSegment` in `base64url.ts` for Node, where Buffer decodes several times faster than atob and TextDecoder.
 *
 * @returns undefined where it is not canonical or not UTF-8
 */
export function decodeSegment(segment: string): string | undefined {
  const bytes = bufferFor(segment)
  const length = decodeCanonical(segment, bytes)
  if (length === 0) return undefined
  const text = bytes.toString('utf8', 0, length)
  // What is not UTF-8 becomes U+FFFD. That may also stand there by right, so only then the bytes are looked at.
  return text.includes('\ufffd') && !isUtf8(bytes.subarray(0, length)) ? undefined : text
}

function bufferFor(text: string): Buffer {
  return text.length <= shared.length ? shared : Buffer.alloc(text.length)
}

/** Decodes canonical base64url. Returns the number of bytes, 0 where it is not canonical. */
function decodeCanonical(text: string, bytes: Buffer): number {
  const rest = text.length % 4
  // Two characters carry one byte: the last has four bits to spare. Three carry two bytes: two bits to spare.
  if (rest === 1 || (rest === 2 && !endsWith(text, 'AQgw')) || (rest === 3 && !endsWith(text, 'AEIMQUYcgkosw048')))
    return 0
  if (beyondLatin1.test(text)) return 0
  const length = bytes.write(text, 'base64url')
  return length === Math.floor((text.length * 3) / 4) && !text.includes('+') && !text.includes('/') ? length : 0
}

// Of such characters Buffer takes the lower byte. Costs next to nothing: V8 knows that most strings cannot have any.
const beyondLatin1 = /[\u0100-\uffff]/

function endsWith(text: string, oneOf: string): boolean {
  return oneOf.includes(text.charAt(text.length - 1))
}
