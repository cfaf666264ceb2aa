import { isUtf8 } from 'node:buffer'

/**
 * Where segments are decoded to, one after the other: making a new buffer for each costs 0.4 µs. Holds those of the
 * longest token; a longer segment, which only a decrypted token's header could have, gets a buffer of its own.
 */
const shared = Buffer.alloc(8192)

/**
 * The twin of `segment-text.ts` for Node, where Buffer decodes several times faster than atob and TextDecoder.
 *
 * @returns undefined where it is not UTF-8
 */
export function decodeSegment(segment: string): string | undefined {
  const bytes = segment.length <= shared.length ? shared : Buffer.alloc(segment.length)
  const length = bytes.write(segment, 'base64url')
  const text = bytes.toString('utf8', 0, length)
  // What is not UTF-8 becomes U+FFFD. That may also stand there by right, so only then the bytes are looked at.
  return text.includes('\ufffd') && !isUtf8(bytes.subarray(0, length)) ? undefined : text
}
