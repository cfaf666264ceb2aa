/**
 * Whether a text is canonical base64url without padding (RFC 4648 §5, RFC 7515 §2): only characters of the alphabet, a possible
 * length, and trailing bits of zero. So exactly one text stands for each sequence of bytes.
 */
export function isCanonicalBase64url(text: string): boolean {
  switch (text.length % 4) {
    case 0:
      return alphabet.test(text)
    case 2:
      return lastOfTwo.test(text)
    case 3:
      return lastOfThree.test(text)
    default:
      return false
  }
}

const alphabet = /^[A-Za-z0-9_-]+$/
// Two characters carry one byte: the last has four bits to spare. Three carry two bytes: two bits to spare.
const lastOfTwo = /^[A-Za-z0-9_-]+[AQgw]$/
const lastOfThree = /^[A-Za-z0-9_-]+[AEIMQUYcgkosw048]$/

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Decodes a segment to text: canonical base64url, then UTF-8. A byte order mark stays in.
 *
 * @returns undefined if the segment is not canonical or not UTF-8
 */
export function decodeSegment(segment: string): string | undefined {
  if (!isCanonicalBase64url(segment)) return undefined
  // In plain base64, which atob reads. atob needs no padding.
  const binary = atob(segment.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0))
  try {
    return utf8.decode(bytes)
  } catch {
    // With `fatal` it throws for only one reason: the bytes are not UTF-8.
    return undefined
  }
}
