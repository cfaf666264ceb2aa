import { decodeBase64url } from '../token/base64url.js'

let lastText = ''
let lastBytes: Uint8Array | undefined

/**
 * Decodes a signature in canonical base64url. That is done when a token is parsed, and again when it is verified. Usually no other
 * token comes between, and then the second time costs nothing.
 *
 * The comparison with the last signature may end early. Its time betrays nothing of another's token, because each attempt takes
 * the place of what it was compared with: nobody can try twice.
 *
 * @returns bytes that stay only until another signature is decoded, so the caller uses them at once; undefined if the text is
 * empty or not canonical
 */
export function decodeSignature(text: string): Uint8Array | undefined {
  if (text !== lastText) {
    const bytes = spaceFor(Math.floor((text.length * 3) / 4))
    lastBytes = decodeBase64url(text, bytes) === 0 ? undefined : bytes
    lastText = text
  }
  return lastBytes
}

/** The longest signature whose array is kept, in bytes: RSA's with 4096 bits. */
const longestKept = 512

const kept: Uint8Array[] = []

/**
 * Gives the one array for signatures of a length, which all keys share. A new one each time would cost 0.5 µs, most of it for the
 * garbage collector. One for each key would cost a cache miss of the processor with a thousand issuers.
 */
function spaceFor(bytes: number): Uint8Array {
  if (bytes > longestKept) return new Uint8Array(bytes)
  kept[bytes] ??= new Uint8Array(bytes)
  return kept[bytes]
}
