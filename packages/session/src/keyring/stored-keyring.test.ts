import { ConfigError, type JwkSet } from '@latchkey/core'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  createSessions,
  createStoredKeyring,
  memoryStore,
  type StoredKeyring,
  type StoredKeyringOptions,
  StoreUnavailableError,
} from '../index.js'
import type { KeyStore } from '../store/session-store.js'

const kek = new Uint8Array(32).fill(1)
const day = 86_400
let now = 1_800_000_000
const clock = (): number => now
let keys: KeyStore
let isDown: boolean

beforeEach(() => {
  const memory = memoryStore({ clock }).keys
  isDown = false
  keys = {
    read: async () => (isDown ? Promise.reject(new StoreUnavailableError()) : memory.read()),
    write: async (...input) => (isDown ? Promise.reject(new StoreUnavailableError()) : memory.write(...input)),
  }
})

function open(options: Partial<StoredKeyringOptions> = {}): Promise<StoredKeyring> {
  return createStoredKeyring({ store: { keys }, keyEncryptionKeys: [kek], rotateEvery: 30 * day, clock, ...options })
}

function kids({ keys: published }: JwkSet): unknown[] {
  return published.map((key) => key['kid'])
}

async function signer(ring: StoredKeyring): Promise<string | undefined> {
  return (await ring.signingKey()).kid
}

test('processes that start at once share the keys that one of them makes', async () => {
  const rings = await Promise.all([open(), open(), open(), open()])
  const published = rings.map((ring) => kids(ring.jwks()).join())
  expect(new Set(published).size).toBe(1)
  expect(rings[0]?.keys().map(({ state }) => state)).toEqual(['active', 'coming'])
  expect((await keys.read())?.version).toBe(1)
})

test('the record holds no private key in the clear', async () => {
  const ring = await open()
  const sealed = (await keys.read())?.sealed ?? ''
  expect(sealed.split('.')).toHaveLength(5)
  const text = sealed
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString('latin1'))
    .join()
  expect(text).not.toContain('"d"')
  expect(text).not.toContain(kids(ring.jwks())[0])
})

describe('rotation', () => {
  test('that is due is made once, by whoever issues a token first', async () => {
    const rings = await Promise.all([open(), open(), open(), open()])
    const coming = rings[0]?.keys()[1]?.kid
    now += 30 * day
    const signers = await Promise.all(rings.map(signer))
    expect(new Set(signers)).toEqual(new Set([coming]))
    expect((await keys.read())?.version).toBe(2)
  })

  test('keeps the old key published for retireAfter, and then drops it', async () => {
    const ring = await open({ retireAfter: 100 })
    const [old] = kids(ring.jwks())
    await ring.rotate()
    expect(ring.keys()).toHaveLength(3)
    now += 99
    expect(kids(ring.jwks())).toContain(old)
    now += 1
    expect(kids(ring.jwks())).not.toContain(old)
    expect(ring.keys().map(({ state }) => state)).toEqual(['active', 'coming'])
  })

  test('does not happen early', async () => {
    const ring = await open()
    const before = await signer(ring)
    now += 30 * day - 1
    expect(await signer(ring)).toBe(before)
  })

  test('a process that was not there signs with the new key after reloadEvery', async () => {
    const [first, second] = await Promise.all([open(), open()])
    await first.rotate()
    expect(await signer(second)).not.toBe(await signer(first))
    now += 60
    expect(await signer(second)).toBe(await signer(first))
  })

  test('of several at once counts once', async () => {
    const rings = await Promise.all([open(), open()])
    const coming = rings[0]?.keys()[1]?.kid
    await Promise.all(rings.map((ring) => ring.rotate()))
    expect(await Promise.all(rings.map(signer))).toEqual([coming, coming])
  })
})

test("another process's token is accepted although its key is news here", async () => {
  const [there, here] = await Promise.all([open(), open()])
  const about = { issuer: 'https://app.example', audience: 'app', delivery: 'body', clock } as const
  const issuing = createSessions({ ...about, keyring: there })
  const verifying = createSessions({ ...about, keyring: here })
  await there.rotate()
  await there.rotate()
  now += 1
  const view = { method: 'POST', header: () => undefined, url: () => 'https://app.example/login' }
  const { body } = await issuing.start(view, { sub: 'ada' })
  const { accessToken } = JSON.parse(body) as { accessToken: string }
  expect((await verifying.verifier.verify(accessToken)).claims.sub).toBe('ada')
})

describe('a store that is down', () => {
  test('leaves the keys in hand in use', async () => {
    const ring = await open()
    const before = await signer(ring)
    isDown = true
    now += 31 * day
    expect(await signer(ring)).toBe(before)
    await expect(ring.rotate()).rejects.toThrow(StoreUnavailableError)
    isDown = false
    expect(await signer(ring)).not.toBe(before)
  })

  test("is no reason to call another process's new key unknown", async () => {
    const [there, here] = await Promise.all([open(), open()])
    const about = { issuer: 'https://app.example', audience: 'app', delivery: 'body', clock } as const
    const { verifier } = createSessions({ ...about, keyring: here })
    await there.rotate()
    await there.rotate()
    const view = { method: 'POST', header: () => undefined, url: () => 'https://app.example/login' }
    const { body } = await createSessions({ ...about, keyring: there }).start(view, { sub: 'ada' })
    const { accessToken } = JSON.parse(body) as { accessToken: string }
    now += 1
    isDown = true
    await expect(async () => verifier.verify(accessToken)).rejects.toMatchObject({ code: 'keys_unavailable' })
    isDown = false
    expect((await verifier.verify(accessToken)).claims.sub).toBe('ada')
  })

  test('refuses to start', async () => {
    isDown = true
    await expect(open()).rejects.toThrow(StoreUnavailableError)
  })
})

describe('the key-encryption key', () => {
  const newKek = new Uint8Array(32).fill(2)

  test('is replaced by putting the new one first: the record is sealed anew', async () => {
    const before = await open()
    const after = await open({ keyEncryptionKeys: [newKek, kek] })
    expect(kids(after.jwks())).toEqual(kids(before.jwks()))
    expect(kids((await open({ keyEncryptionKeys: [newKek] })).jwks())).toEqual(kids(before.jwks()))
    await expect(open()).rejects.toThrow(/sealed under none of the keyEncryptionKeys/)
  })

  test('that does not fit is said at once', async () => {
    await open()
    await expect(open({ keyEncryptionKeys: [newKek] })).rejects.toThrow(ConfigError)
  })

  test('a damaged record is said at once', async () => {
    await open()
    const sealed = (await keys.read())?.sealed ?? ''
    await keys.write(1, `${sealed.slice(0, -4)}AAAA`)
    await expect(open()).rejects.toThrow('The stored keyring is damaged.')
  })
})

test.each<[string, object]>([
  ['no key-encryption key', { keyEncryptionKeys: [] }],
  ['one of 16 bytes', { keyEncryptionKeys: [new Uint8Array(16)] }],
  ['no store', { store: undefined }],
  ['an unknown option', { rotate: 1 }],
  ['a negative duration', { retireAfter: -1 }],
  ['a rotation faster than the look at the store', { rotateEvery: 10 }],
  ['an HMAC algorithm', { alg: 'HS256' }],
])('refuses %s', async (_name, options) => {
  await expect(open(options)).rejects.toThrow(ConfigError)
})
