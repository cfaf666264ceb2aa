import { base64url } from 'jose'
import { ConfigError } from '../config-error.js'
import type { Jwk } from './jwk.js'

const armour = /^\s*-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----\s*$/

/**
 * Reads a public key in PEM (`BEGIN PUBLIC KEY`: SubjectPublicKeyInfo, RFC 5280 §4.1) as a JWK. It needs no promise on any
 * runtime, so a bad key shows when the verifier is made. Web Crypto would need a promise and the algorithm.
 *
 * @param place the option that holds the key, for the message; default `publicKeys`
 * @throws ConfigError for anything but one such key of a supported type
 */
export function jwkFromPem(pem: string, place = 'publicKeys'): Jwk {
  const expectation = `${place} takes a PEM public key that begins with "-----BEGIN PUBLIC KEY-----".`
  const [, label, base64] = armour.exec(pem) ?? []
  if (label === undefined || base64 === undefined) throw new ConfigError(`${expectation} This is not PEM.`)
  if (label.includes('PRIVATE')) {
    throw new ConfigError(
      `${expectation} This is a private key: keep it where tokens are issued, and give its public half.`,
    )
  }
  if (label !== 'PUBLIC KEY') {
    throw new ConfigError(
      `${expectation} Convert with: openssl rsa -RSAPublicKey_in -pubout, or openssl x509 -pubkey -noout.`,
    )
  }
  const jwk = readSubjectPublicKeyInfo(base64)
  if (jwk === undefined)
    throw new ConfigError(`${expectation} The key is damaged, or not RSA, P-256, P-384, P-521 or Ed25519.`)
  return jwk
}

// Object identifiers, DER contents in hex (RFC 8017 App. A.1, RFC 5480 §2.1.1, RFC 8410 §3).
const rsaEncryption = '2a864886f70d010101'
const ecPublicKey = '2a8648ce3d0201'
const ed25519 = '2b6570'
const curves: Record<string, string> = { '2a8648ce3d030107': 'P-256', '2b81040022': 'P-384', '2b81040023': 'P-521' }

const tag = { integer: 0x02, bitString: 0x03, identifier: 0x06, sequence: 0x30 }

function readSubjectPublicKeyInfo(base64: string): Jwk | undefined {
  try {
    const der = Uint8Array.from(atob(base64.replace(/\s/g, '')), (char) => char.charCodeAt(0))
    const info = new DerReader(new DerReader(der).read(tag.sequence))
    const algorithm = new DerReader(info.read(tag.sequence))
    const identifier = hex(algorithm.read(tag.identifier))
    const key = info.read(tag.bitString).subarray(1)
    if (identifier === rsaEncryption) return rsaJwk(key)
    if (identifier === ed25519) return { kty: 'OKP', crv: 'Ed25519', x: base64url.encode(key) }
    if (identifier === ecPublicKey) return ecJwk(curves[hex(algorithm.read(tag.identifier))], key)
    return undefined
  } catch (error) {
    if (error instanceof DerError || error instanceof DOMException) return undefined
    throw error
  }
}

function rsaJwk(key: Uint8Array): Jwk {
  const numbers = new DerReader(new DerReader(key).read(tag.sequence))
  // The leading zero that DER needs is removed later, with those that a JWK may have.
  return { kty: 'RSA', n: base64url.encode(numbers.read(tag.integer)), e: base64url.encode(numbers.read(tag.integer)) }
}

/** Reads a point in uncompressed form only (RFC 5480 §2.2). Every tool writes that form. */
function ecJwk(crv: string | undefined, point: Uint8Array): Jwk | undefined {
  if (crv === undefined || point[0] !== 4) return undefined
  const middle = 1 + (point.length - 1) / 2
  return { kty: 'EC', crv, x: base64url.encode(point.subarray(1, middle)), y: base64url.encode(point.subarray(middle)) }
}

class DerError extends Error {}

/** Reads DER elements one after the other (X.690 §8.1): only what a public key needs. */
class DerReader {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  read(expectedTag: number): Uint8Array {
    if (this.#next() !== expectedTag) throw new DerError()
    const length = this.#length()
    const end = this.#offset + length
    if (end > this.#bytes.length) throw new DerError()
    const content = this.#bytes.subarray(this.#offset, end)
    this.#offset = end
    return content
  }

  #length(): number {
    const first = this.#next()
    if (first < 0x80) return first
    let length = 0
    for (let i = 0; i < (first & 0x7f); i++) length = length * 256 + this.#next()
    return length
  }

  #next(): number {
    const byte = this.#bytes[this.#offset++]
    if (byte === undefined) throw new DerError()
    return byte
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
