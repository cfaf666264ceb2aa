import { generateKeyPairSync } from 'node:crypto'
import { ConfigError } from '@latchkey/core'
import { calculateJwkThumbprint, exportJWK, exportPKCS8, generateKeyPair, type JWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { createKeyring, type KeyringOptions } from '../index.js'

async function privateJwk(alg = 'ES256', more: JWK = {}): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), ...more }
}

describe('loading', () => {
  test.each([
    ['ES256', 'ES256'],
    ['ES384', 'ES384'],
    ['ES512', 'ES512'],
    ['RS256', 'RS256'],
    ['EdDSA', 'EdDSA'],
  ])('a JWK of %s without alg signs with %s', async (made, alg) => {
    const ring = await createKeyring({ keys: [await privateJwk(made)] })
    expect(await ring.signingKey()).toMatchObject({ alg })
    expect(ring.jwks().keys).toEqual([expect.objectContaining({ alg, use: 'sig' })])
  })

  test('the alg of a JWK and of PEM decides', async () => {
    const { privateKey } = await generateKeyPair('PS256', { extractable: true })
    const pem = await exportPKCS8(privateKey)
    const ring = await createKeyring({
      keys: [await privateJwk('PS384', { alg: 'PS384', kid: 'jwk' }), { pem, alg: 'PS256', kid: 'pem' }],
    })
    expect(ring.keys()).toEqual([
      { kid: 'jwk', alg: 'PS384', state: 'active' },
      { kid: 'pem', alg: 'PS256', state: 'coming' },
    ])
  })

  test('a key without a kid is named by its thumbprint', async () => {
    const jwk = await privateJwk()
    const ring = await createKeyring({ keys: [jwk] })
    expect(ring.keys()[0]?.kid).toBe(await calculateJwkThumbprint(jwk))
  })

  test('publishes no private part', async () => {
    const ring = await createKeyring({ keys: [await privateJwk('RS256'), await privateJwk('EdDSA')] })
    const text = JSON.stringify(ring.jwks())
    for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(text).not.toContain(`"${name}":`)
  })

  test('makes an active and a coming key where none is given', async () => {
    expect((await createKeyring({ alg: 'EdDSA' })).keys()).toEqual([
      { kid: expect.any(String), alg: 'EdDSA', state: 'active' },
      { kid: expect.any(String), alg: 'EdDSA', state: 'coming' },
    ])
  })

  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
  const strange = { ...weak.export({ format: 'jwk' }) }
  test.each<[string, () => Promise<unknown[]> | unknown[]]>([
    ['an empty list', () => []],
    ['a public key', async () => [{ ...(await privateJwk()), d: undefined }]],
    ['halves that do not belong together', async () => [{ ...(await privateJwk()), d: (await privateJwk()).d }]],
    ['a weak key', () => [strange]],
    ['a secret', () => [{ kty: 'oct', k: 'AAAA' }]],
    ['an alg that does not fit', async () => [await privateJwk('ES256', { alg: 'ES384' })]],
    ['an unknown alg', async () => [await privateJwk('ES256', { alg: 'none' })]],
    [
      'the same kid twice',
      async () => [await privateJwk('ES256', { kid: 'x' }), await privateJwk('ES256', { kid: 'x' })],
    ],
    ['PEM of another form', () => [{ pem: weak.export({ type: 'pkcs1', format: 'pem' }), alg: 'RS256' }]],
    ['no PEM', () => [{ pem: 'abc', alg: 'ES256' }]],
    ['null', () => [null]],
    ['a word', () => ['abc']],
  ])('refuses %s', async (_what, keys) => {
    const error = await createKeyring({ keys: (await keys()) as JWK[] }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ConfigError)
  })

  test('refuses unknown options and HMAC', async () => {
    await expect(createKeyring({ retireafter: 1 } as object)).rejects.toThrow('unknown option "retireafter"')
    await expect(createKeyring({ retireAfter: -1 })).rejects.toThrow('retireAfter')
    await expect(createKeyring({ alg: 'HS256' })).rejects.toThrow('createSecretKeyring')
  })
})

describe('rotate', () => {
  test('coming becomes active, active retires, and another is made', async () => {
    let now = 1_800_000_000
    const ring = await createKeyring({ clock: () => now, retireAfter: 400 })
    const [first, second] = ring.keys().map(({ kid }) => kid)
    await ring.rotate()
    const states = ring.keys().map(({ kid, state }) => [kid, state])
    const third = states[1]?.[0]
    expect(states).toEqual([
      [second, 'active'],
      [third, 'coming'],
      [first, 'retiring'],
    ])
    expect((await ring.signingKey()).kid).toBe(second)
    expect(ring.jwks().keys.map(({ kid }) => kid)).toEqual([second, third, first])
    now += 399
    expect(ring.keys()).toHaveLength(3)
    now += 1
    expect(ring.keys().map(({ kid }) => kid)).toEqual([second, third])
    expect(ring.jwks().keys).toHaveLength(2)
  })

  test('publishes the same object until something changes', async () => {
    let now = 1_800_000_000
    const ring = await createKeyring({ clock: () => now, retireAfter: 400 })
    const before = ring.jwks()
    expect(ring.jwks()).toBe(before)
    await ring.rotate()
    const after = ring.jwks()
    expect(after).not.toBe(before)
    now += 399
    expect(ring.jwks()).toBe(after)
    now += 1
    expect(ring.jwks()).not.toBe(after)
  })

  test('uses the coming keys in their order, and makes one where none is left', async () => {
    const keys = [await privateJwk('ES256', { kid: 'a' }), await privateJwk('ES256', { kid: 'b' })]
    const ring = await createKeyring({ keys: [...keys, await privateJwk('ES256', { kid: 'c' })] })
    await ring.rotate()
    expect(ring.keys().map(({ kid }) => kid)).toEqual(['b', 'c', 'a'])
    await ring.rotate()
    expect(ring.keys().map(({ kid, state }) => `${kid} ${state}`)).toEqual([
      'c active',
      expect.stringMatching(/ coming$/),
      'a retiring',
      'b retiring',
    ])
  })

  test('several at once take turns', async () => {
    const ring = await createKeyring()
    const before = new Set(ring.keys().map(({ kid }) => kid))
    await Promise.all([ring.rotate(), ring.rotate(), ring.rotate()])
    const after = ring.keys()
    expect(after.filter(({ state }) => state === 'active')).toHaveLength(1)
    expect(after.filter(({ state }) => state === 'coming')).toHaveLength(1)
    expect(after.filter(({ state }) => state === 'retiring')).toHaveLength(3)
    expect(new Set(after.map(({ kid }) => kid)).size).toBe(5)
    expect([...before].every((kid) => after.some((key) => key.kid === kid && key.state === 'retiring'))).toBe(true)
  })

  test.each([
    [{ keys: new Array(1) }, 'createKeyring: keys[0]'],
    [{ retiring: new Array(1) }, 'createKeyring: retiring[0]'],
    [{ retiring: 5 }, 'createKeyring: retiring must be a list of keys.'],
  ])('refuses %j', async (options, words) => {
    const made = createKeyring(options as unknown as KeyringOptions)
    await expect(made).rejects.toThrow(ConfigError)
    await expect(made).rejects.toThrow(words)
  })

  test('a key given as retiring is published and never signs', async () => {
    const ring = await createKeyring({
      keys: [await privateJwk('ES256', { kid: 'new' })],
      retiring: [await privateJwk('ES256', { kid: 'old' })],
    })
    expect(ring.keys().map(({ kid, state }) => [kid, state])).toEqual([
      ['new', 'active'],
      ['old', 'retiring'],
    ])
    await ring.rotate()
    expect((await ring.signingKey()).kid).not.toBe('old')
  })
})

describe('withdraw', () => {
  test('takes the active key out at once, under each of its names', async () => {
    const jwk = await privateJwk()
    const ring = await createKeyring({
      keys: [{ ...jwk, kid: 'a' }, await privateJwk('ES256', { kid: 'b' })],
      retiring: [{ ...jwk, kid: 'twin' }],
    })
    expect(await ring.withdraw('a')).toBe(true)
    expect(ring.keys().map(({ kid, state }) => [kid, state])).toEqual([
      ['b', 'active'],
      [expect.any(String), 'coming'],
    ])
    expect((await ring.signingKey()).kid).toBe('b')
    expect(await ring.withdraw('a')).toBe(false)
  })

  test('of the only key makes two new ones', async () => {
    const ring = await createKeyring({ keys: [await privateJwk('EdDSA', { kid: 'a' })] })
    await ring.withdraw('a')
    expect(ring.keys()).toEqual([
      { kid: expect.any(String), alg: 'EdDSA', state: 'active' },
      { kid: expect.any(String), alg: 'EdDSA', state: 'coming' },
    ])
    expect(ring.jwks().keys.map(({ kid }) => kid)).not.toContain('a')
  })
})

test('the third weak key of three is called the third', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const weak = { ...privateKey.export({ format: 'jwk' }) }
  const keys = [await privateJwk(), await privateJwk(), weak] as JWK[]
  await expect(createKeyring({ keys })).rejects.toThrow(/^createKeyring: keys\[2\] /)
})
