// sf-binary (RFC 8941 §3.3.5) of at least one byte; nothing else and no parameters (RFC 9440 §2.1).
const byteSequence = /^:([A-Za-z0-9+/]+={0,2}):$/

/**
 * Reads the value of a `Client-Cert` field (RFC 9440 §2.2): one structured byte sequence.
 *
 * @returns the certificate's DER; undefined if the value is anything else
 */
export function parseClientCert(value: string): Uint8Array | undefined {
  const [, base64] = byteSequence.exec(value) ?? []
  const digits = base64?.replace(/=+$/, '')
  if (base64 === undefined || digits === undefined || digits.length % 4 === 1) return undefined
  // Padding may be left out (RFC 8941 §4.2.7), but padding that is there must be correct.
  if (base64 !== digits && base64.length % 4 !== 0) return undefined
  return Uint8Array.from(atob(digits), (char) => char.charCodeAt(0))
}
