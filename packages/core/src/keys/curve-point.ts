import { base64url } from 'jose'

/** One of NIST's curves, y² = x³ - 3x + b over a prime field (FIPS 186-4 §D.1.2). */
interface Curve {
  /** The length of a coordinate in bytes (RFC 7518 §6.2.1.2). */
  readonly bytes: number
  readonly prime: bigint
  readonly b: bigint
}

const curves: ReadonlyMap<unknown, Curve> = new Map([
  [
    'P-256',
    {
      bytes: 32,
      prime: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
      b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    },
  ],
  [
    'P-384',
    {
      bytes: 48,
      prime: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
      b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    },
  ],
  [
    'P-521',
    {
      bytes: 66,
      prime: 2n ** 521n - 1n,
      b: 0x051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
    },
  ],
])

/**
 * Whether two coordinates, each in base64url, are a point on the curve. It is checked for a key that the sender chose, before the
 * platform gets the key: Deno's Web Crypto accepts any two numbers, and throws a TypeError when it calculates with them.
 *
 * @param crv `P-256`, `P-384` or `P-521` (RFC 7518 §6.2.1.1); false for any other
 */
export function isOnCurve(crv: unknown, x: string, y: string): boolean {
  const curve = curves.get(crv)
  if (curve === undefined) return false
  const coordinates = [base64url.decode(x), base64url.decode(y)]
  // A sender may write a number with thousands of digits.
  if (coordinates.some(({ length }) => length !== curve.bytes)) return false
  const [px = 0n, py = 0n] = coordinates.map(numberOf)
  return px < curve.prime && py < curve.prime && (py * py - px ** 3n + 3n * px - curve.b) % curve.prime === 0n
}

function numberOf(bigEndian: Uint8Array): bigint {
  return bigEndian.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
}
