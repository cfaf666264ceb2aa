import { createPrivateKey, createPublicKey, generatePrimeSync, type KeyPairKeyObjectResult } from 'node:crypto'

const e = 65_537n
const primeBits = 1024
const primes: bigint[] = []
let first = 0
let second = 1

/**
 * Makes an RSA key pair of 2048 bits, which is different from all others in this process. Finding primes takes the time, so
 * each prime is used in several pairs: ten primes make forty-five pairs. Whoever knows two such keys can factor both, so they
 * are only for tests.
 */
export function createRsaKeyPair(): KeyPairKeyObjectResult {
  const privateKey = fromPrimes(prime(first), prime(second))
  first += 1
  if (first === second) {
    first = 0
    second += 1
  }
  return { privateKey, publicKey: createPublicKey(privateKey) }
}

function prime(index: number): bigint {
  while (primes.length <= index) {
    const candidate = generatePrimeSync(primeBits, { bigint: true })
    // `e` must have an inverse (RFC 8017 §3.1), and no prime may be in the list twice.
    if (candidate % e !== 1n && !primes.includes(candidate)) primes.push(candidate)
  }
  return primes[index] ?? prime(index)
}

/** Makes a private key from two primes (RFC 8017 §3.2), through a JWK (RFC 7518 §6.3.2). */
function fromPrimes(p: bigint, q: bigint): ReturnType<typeof createPrivateKey> {
  const d = inverse(e, (p - 1n) * (q - 1n))
  const members = { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) }
  const encoded = Object.entries(members).map(([name, value]) => [name, base64urlUInt(value)])
  return createPrivateKey({ format: 'jwk', key: { kty: 'RSA', ...Object.fromEntries(encoded) } })
}

/** Computes the inverse with the extended Euclidean algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [rest, next] = [modulus, value % modulus]
  let [factor, nextFactor] = [0n, 1n]
  while (next !== 0n) {
    const quotient = rest / next
    ;[rest, next] = [next, rest - quotient * next]
    ;[factor, nextFactor] = [nextFactor, factor - quotient * nextFactor]
  }
  return ((factor % modulus) + modulus) % modulus
}

/** Writes a number in base64url (RFC 7518 §2). */
function base64urlUInt(value: bigint): string {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url')
}
