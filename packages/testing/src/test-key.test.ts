import type { Algorithm } from '@latchkey/core'
import { CompactSign, compactVerify, importJWK, type JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { createTestKey } from './test-key.js'
import { signCompact } from './token-maker.js'

const pairs: readonly Algorithm[] = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const),
]
const secrets: readonly Algorithm[] = ['HS256', 'HS384', 'HS512']

async function isGood(token: string, jwk: unknown, alg: Algorithm): Promise<boolean> {
  const key = await importJWK(jwk as JWK, alg)
  return compactVerify(token, key, { algorithms: [alg] }).then(
    () => true,
    () => false,
  )
}

describe.each([...pairs, ...secrets])('%s', (alg) => {
  it('signs what jose finds good with this key, and bad with another', async () => {
    const [key, other] = [createTestKey(alg), createTestKey(alg)]
    const token = signCompact({ alg }, { sub: 'user-1' }, key)
    expect(await isGood(token, key.publicJwk ?? key.privateJwk, alg)).toBe(true)
    expect(await isGood(token, other.publicJwk ?? other.privateJwk, alg)).toBe(false)
  })

  it('hands out a private half that others can sign with', async () => {
    const { privateJwk, publicJwk } = createTestKey(alg)
    const key = await importJWK(privateJwk as JWK, alg)
    const token = await new CompactSign(new TextEncoder().encode('{}')).setProtectedHeader({ alg }).sign(key)
    expect(await isGood(token, publicJwk ?? privateJwk, alg)).toBe(true)
  })
})

it.each(pairs)('%s publishes nothing private, and says what the key is for', (alg) => {
  const { publicJwk, kid, secret } = createTestKey(alg)
  for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(publicJwk).not.toHaveProperty(name)
  expect(publicJwk).toMatchObject({ alg, kid, use: 'sig' })
  expect(secret).toBeUndefined()
})

it.each(secrets)('%s has a secret and nothing to publish', (alg) => {
  const { publicJwk, secret } = createTestKey(alg)
  expect(publicJwk).toBeUndefined()
  expect(secret).toHaveLength(64)
})

it('makes RSA keys of 2048 bits, no two alike', () => {
  const moduli = Array.from({ length: 10 }, () => String(createTestKey('RS256').publicJwk?.['n']))
  expect(new Set(moduli).size).toBe(10)
  for (const n of moduli)
    expect(BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`).toString(2)).toHaveLength(2048)
})

it('takes a kid, or none, and else makes one up that no other key has', () => {
  expect(createTestKey('ES256', { kid: 'k1' }).publicJwk).toHaveProperty('kid', 'k1')
  const without = createTestKey('ES256', { kid: null })
  expect(without.kid).toBeUndefined()
  expect(without.publicJwk).not.toHaveProperty('kid')
  expect(createTestKey().kid).not.toBe(createTestKey().kid)
})
