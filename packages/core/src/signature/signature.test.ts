import { constants, createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { CompactSign, errors } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  createKey,
  encode,
  hashOf,
  type PublicAlgorithm,
  publicAlgorithms,
  signBytes,
  type TestKey,
} from '../../test/fixtures.js'
import { findKey } from '../../test/scripted-endpoint.js'
import type { Algorithm } from '../keys/algorithms.js'
import { SecretKeySet } from '../keys/configured-keys.js'
import { checkJwk } from '../keys/jwk.js'
import type { VerificationKey } from '../keys/verification-key.js'
import * as onWebCrypto from './signature.js'
import * as onNode from './signature.node.js'

// Both modules are held to the same table, each with key objects of its own: what is imported is kept in these.
const platforms = [
  ['node:crypto', onNode],
  ['Web Crypto', onWebCrypto],
] as const

const keys = Object.fromEntries(publicAlgorithms.map((alg) => [alg, createKey(alg)])) as Record<
  PublicAlgorithm,
  TestKey
>
const others = Object.fromEntries(publicAlgorithms.map((alg) => [alg, createKey(alg)])) as Record<
  PublicAlgorithm,
  TestKey
>

function publicKeyOf(jwk: Record<string, unknown>): VerificationKey {
  const key = checkJwk(jwk)
  if (typeof key === 'string') throw new Error(`The key is ${key}.`)
  return key
}

function secretKeyOf(...secrets: Uint8Array[]): VerificationKey {
  const key = findKey(new SecretKeySet('i', secrets), undefined, 'HS256')
  if (!('imported' in key)) throw new Error('There is no key.')
  return key
}

function inputFor(alg: string): string {
  return `${encode({ alg })}.${encode({ sub: 'ada' })}`
}

describe.each(platforms)('verifySignature on %s', (_platform, { verifySignature, canImport }) => {
  it.each(publicAlgorithms)('%s: takes what node:crypto signed', async (alg) => {
    const input = inputFor(alg)
    const key = publicKeyOf(keys[alg].jwk)
    const signature = encode(signBytes(alg, input, keys[alg].privateKey))
    expect(await verifySignature(key, alg, input, signature)).toBe(true)
    // Once more, with the key that was imported before.
    expect(await verifySignature(key, alg, input, signature)).toBe(true)
  })

  it.each(publicAlgorithms)('%s: takes what jose signed', async (alg) => {
    const jws = await new CompactSign(Buffer.from('{}')).setProtectedHeader({ alg }).sign(keys[alg].privateKey)
    const dot = jws.lastIndexOf('.')
    expect(await verifySignature(publicKeyOf(keys[alg].jwk), alg, jws.slice(0, dot), jws.slice(dot + 1))).toBe(true)
  })

  it.each(publicAlgorithms)('%s: refuses what another key signed, or other words', async (alg) => {
    const input = inputFor(alg)
    const key = publicKeyOf(keys[alg].jwk)
    const foreign = encode(signBytes(alg, input, others[alg].privateKey))
    expect(await verifySignature(key, alg, input, foreign)).toBe(false)
    const own = encode(signBytes(alg, input, keys[alg].privateKey))
    expect(await verifySignature(key, alg, `${encode({ alg })}.${encode({ sub: 'eve' })}`, own)).toBe(false)
  })

  it.each(publicAlgorithms)('%s: refuses a signature that is cut, lengthened, zero or noise', async (alg) => {
    const input = inputFor(alg)
    const key = publicKeyOf(keys[alg].jwk)
    const good = signBytes(alg, input, keys[alg].privateKey)
    const zero = Buffer.alloc(1)
    const bad = [
      good.subarray(0, -1),
      good.subarray(1),
      Buffer.concat([good, zero]),
      Buffer.concat([zero, good]),
      Buffer.concat([good, good]),
      Buffer.alloc(good.length),
      Buffer.alloc(good.length, 0xff),
      Buffer.alloc(1, 1),
      good.map((byte, index) => (index === 0 ? byte ^ 1 : byte)),
    ]
    for (const signature of bad) expect(await verifySignature(key, alg, input, encode(signature))).toBe(false)
  })

  it.each(['ES256', 'ES384', 'ES512'] as const)('%s: refuses a signature in DER', async (alg) => {
    const input = inputFor(alg)
    const der = sign(hashOf(alg), Buffer.from(input), { key: keys[alg].privateKey, dsaEncoding: 'der' })
    expect(await verifySignature(publicKeyOf(keys[alg].jwk), alg, input, encode(der))).toBe(false)
  })

  it.each([
    ['PS256', 0],
    ['PS256', 20],
    ['PS256', 64],
    ['PS384', 32],
    ['PS512', 32],
    ['PS256', constants.RSA_PSS_SALTLEN_MAX_SIGN],
  ] as const)('%s: refuses a salt of another length: %d', async (alg, saltLength) => {
    const input = inputFor(alg)
    const padding = constants.RSA_PKCS1_PSS_PADDING
    const signature = sign(hashOf(alg), Buffer.from(input), { key: keys[alg].privateKey, padding, saltLength })
    expect(await verifySignature(publicKeyOf(keys[alg].jwk), alg, input, encode(signature))).toBe(false)
  })

  it('keeps RSA algorithms apart though one key could serve them', async () => {
    const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const
    const key = publicKeyOf({ ...keys.RS256.jwk, alg: undefined })
    for (const signed of algorithms) {
      for (const asked of algorithms) {
        const input = inputFor(asked)
        const signature = encode(signBytes(signed, input, keys.RS256.privateKey))
        expect(await verifySignature(key, asked, input, signature)).toBe(signed === asked)
      }
    }
  })

  it('takes for EdDSA and Ed25519 the same signature', async () => {
    const key = publicKeyOf({ ...keys.EdDSA.jwk, alg: undefined })
    for (const alg of ['EdDSA', 'Ed25519'] as const) {
      const signature = encode(signBytes(alg, inputFor(alg), keys.EdDSA.privateKey))
      expect(await verifySignature(key, alg, inputFor(alg), signature)).toBe(true)
    }
  })

  it.each(['HS256', 'HS384', 'HS512'] as const)('%s: takes what the secret signed, and nothing else', async (alg) => {
    const secret = Buffer.alloc(64, 7)
    const input = inputFor(alg)
    const key = secretKeyOf(secret)
    const hmac = createHmac(hashOf(alg) ?? '', secret)
      .update(input)
      .digest()
    expect(await verifySignature(key, alg, input, encode(hmac))).toBe(true)
    expect(await verifySignature(key, alg, `${encode({ alg })}.${encode({ sub: 'eve' })}`, encode(hmac))).toBe(false)
    for (const bad of [
      hmac.subarray(0, -1),
      hmac.subarray(0, 1),
      Buffer.concat([hmac, hmac]),
      Buffer.alloc(hmac.length),
    ]) {
      expect(await verifySignature(key, alg, input, encode(bad))).toBe(false)
    }
    const foreign = createHmac(hashOf(alg) ?? '', Buffer.alloc(64, 8))
      .update(input)
      .digest()
    expect(await verifySignature(key, alg, input, encode(foreign))).toBe(false)
  })

  it('HMAC: any one of several secrets will do, of any length', async () => {
    const secrets = [Buffer.alloc(32, 1), Buffer.alloc(200, 2), Buffer.alloc(48, 3)]
    const key = secretKeyOf(...secrets)
    const input = inputFor('HS256')
    for (const secret of secrets) {
      const hmac = createHmac('sha256', secret).update(input).digest()
      expect(await verifySignature(key, 'HS256', input, encode(hmac))).toBe(true)
    }
    const fourth = createHmac('sha256', Buffer.alloc(32, 4)).update(input).digest()
    expect(await verifySignature(key, 'HS256', input, encode(fourth))).toBe(false)
  })

  it.each(['ES256', 'ES384', 'ES512'] as const)('%s: refuses everything under a point off its curve', async (alg) => {
    const bytes = Buffer.from(String(keys[alg].jwk['y']), 'base64url')
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1
    const key = publicKeyOf({ ...keys[alg].jwk, y: encode(bytes) })
    const input = inputFor(alg)
    const signature = encode(signBytes(alg, input, keys[alg].privateKey))
    expect(await verifySignature(key, alg, input, signature)).toBe(false)
    expect(await verifySignature(key, alg, input, signature)).toBe(false)
  })

  it('can import a good key', () => {
    for (const alg of publicAlgorithms) expect(canImport(publicKeyOf(keys[alg].jwk), alg)).toBe(true)
  })
})

describe('canImport', () => {
  it('knows at once on node:crypto that a point is off its curve; Web Crypto says so only when asked to verify', () => {
    const jwk = { ...keys.ES256.jwk, y: keys.ES256.jwk['x'] }
    expect(onNode.canImport(publicKeyOf(jwk), 'ES256')).toBe(false)
    expect(onWebCrypto.canImport(publicKeyOf(jwk), 'ES256')).toBe(true)
  })
})

describe('verifySignature on Web Crypto', () => {
  it('does not take a bug for a bad signature: here, words that name another algorithm', async () => {
    const input = inputFor('none')
    const signature = encode(signBytes('ES256', input, keys.ES256.privateKey))
    const verified = onWebCrypto.verifySignature(publicKeyOf(keys.ES256.jwk), 'ES256', input, signature)
    await expect(verified).rejects.toThrow(errors.JOSEAlgNotAllowed)
  })
})

describe('both platforms', () => {
  const all: readonly Algorithm[] = [...publicAlgorithms, 'HS256']
  const secret = Buffer.alloc(32, 7)

  it.each(all)('%s: give the same answer to any mutation of a signature', async (alg) => {
    const input = inputFor(alg)
    const good = isPublic(alg)
      ? signBytes(alg, input, keys[alg].privateKey)
      : createHmac('sha256', secret).update(input).digest()
    const keyOf = () => (isPublic(alg) ? publicKeyOf(keys[alg].jwk) : secretKeyOf(secret))
    const [nodeKey, webKey] = [keyOf(), keyOf()]
    await fc.assert(
      fc.asyncProperty(mutationOf(good), async (bytes) => {
        const signature = encode(bytes)
        const answer = onNode.verifySignature(nodeKey, alg, input, signature)
        expect(await onWebCrypto.verifySignature(webKey, alg, input, signature)).toBe(answer)
        expect(answer).toBe(good.equals(bytes))
      }),
      { numRuns: 60 },
    )
  })

  it('agree on an RSA key whose parameters have leading zeros', async () => {
    const { n, e } = keys.RS256.jwk
    const padded = { kty: 'RSA', n: withLeadingZero(n), e: withLeadingZero(e) }
    const input = inputFor('RS256')
    const signature = encode(signBytes('RS256', input, keys.RS256.privateKey))
    expect(onNode.verifySignature(publicKeyOf(padded), 'RS256', input, signature)).toBe(true)
    expect(await onWebCrypto.verifySignature(publicKeyOf(padded), 'RS256', input, signature)).toBe(true)
  })

  it.each([3, 0x80000011])('agree on an RSA key with exponent %d', async (publicExponent) => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent })
    const jwk = { ...createPublicKey(pair.privateKey).export({ format: 'jwk' }) }
    const input = inputFor('RS256')
    const signature = encode(signBytes('RS256', input, pair.privateKey))
    expect(onNode.verifySignature(publicKeyOf(jwk), 'RS256', input, signature)).toBe(true)
    expect(await onWebCrypto.verifySignature(publicKeyOf(jwk), 'RS256', input, signature)).toBe(true)
  })
})

function isPublic(alg: Algorithm): alg is PublicAlgorithm {
  return !alg.startsWith('HS')
}

function withLeadingZero(value: unknown): string {
  return encode(Buffer.concat([Buffer.alloc(1), Buffer.from(String(value), 'base64url')]))
}

/** The signature itself, with a bit turned, cut, lengthened, or other bytes altogether. */
function mutationOf(good: Buffer): fc.Arbitrary<Buffer> {
  const at = fc.integer({ min: 0, max: good.length - 1 })
  return fc.oneof(
    fc.constant(good),
    fc.tuple(at, fc.integer({ min: 0, max: 7 })).map(([index, bit]) => {
      const copy = Buffer.from(good)
      copy[index] = (copy[index] ?? 0) ^ (1 << bit)
      return copy
    }),
    fc.integer({ min: 1, max: good.length }).map((length) => good.subarray(0, length)),
    fc.uint8Array({ minLength: 1, maxLength: 4 }).map((tail) => Buffer.concat([good, tail])),
    fc.uint8Array({ minLength: 1, maxLength: good.length + 8 }).map((bytes) => Buffer.from(bytes)),
  )
}
