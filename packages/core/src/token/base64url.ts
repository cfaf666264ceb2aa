/**
 * Canonical base64url without padding (RFC 4648 §5, RFC 7515 §2): only the alphabet's characters, a possible length, and
 * zero in the trailing bits, so that exactly one string stands for each sequence of bytes.
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
