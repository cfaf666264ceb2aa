import { ConfigError, type JwkSet } from '@latchkey/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
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
let isDeaf: boolean
let opened: StoredKeyring[]

beforeEach(() => {
  const memory = memoryStore({ clock }).keys
  isDown = false
  isDeaf = false
  opened = []
  const answer = <T>(operation: () => Promise<T>): Promise<T> => {
    if (isDeaf) return new Promise(() => {})
    return isDown ? Promise.reject(new StoreUnavailableError()) : operation()
  }
  keys = {
    read: () => answer(() => memory.read()),
    write: (...input) => answer(() => memory.write(...input)),
  }
})

afterEach(() => {
  for (const ring of opened) ring.close()
  vi.useRealTimers()
})

async function open(options: Partial<StoredKeyringOptions> = {}): Promise<StoredKeyring> {
  const ring = await createStoredKeyring({
    store: { keys },
    keyEncryptionKeys: [kek],
    rotateEvery: 30 * day,
    clock,
    ...options,
  })
  opened.push(ring)
  return ring
}

/** Lets what runs in the background come to its end. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
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

  test('asked for twice happens twice, also by processes that have not heard of each other', async () => {
    const [first, second] = await Promise.all([open(), open()])
    await first.rotate()
    await second.rotate()
    expect((await keys.read())?.version).toBe(3)
    expect(second.keys().filter(({ state }) => state === 'retiring')).toHaveLength(2)
  })

  test('of several at once counts once', async () => {
    const rings = await Promise.all([open(), open()])
    const coming = rings[0]?.keys()[1]?.kid
    await Promise.all(rings.map((ring) => ring.rotate()))
    expect(await Promise.all(rings.map(signer))).toEqual([coming, coming])
  })
})

describe('a process that only verifies', () => {
  test('drops a replaced key by age, without a token that would make it look', async () => {
    const [there, here] = await Promise.all([open({ retireAfter: 100 }), open({ retireAfter: 100 })])
    const [old] = kids(here.jwks())
    await there.rotate()
    now += 59
    here.jwks()
    await settled()
    expect(here.keys()[0]?.kid).toBe(old)
    now += 1
    here.jwks()
    await vi.waitFor(() => expect(here.keys()).toEqual(there.keys()), { interval: 5, timeout: 900 })
    now += 40
    expect(kids(here.jwks())).not.toContain(old)
  })

  test('looks by itself every second, so that nothing has to be asked of it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const [there, here] = await Promise.all([open(), open()])
    await there.rotate()
    vi.advanceTimersByTime(1000)
    await vi.waitFor(() => expect(here.keys()).toEqual(there.keys()), { interval: 5, timeout: 900 })
    here.close()
    // The look under way, if any, is over.
    await here.reload()
    await there.rotate()
    const closed = here.keys()[0]?.kid
    vi.advanceTimersByTime(5000)
    await settled()
    expect(here.keys()[0]?.kid).toBe(closed)
  })

  test('is not held up by a store that does not answer', async () => {
    const ring = await open()
    isDeaf = true
    now += 61
    expect(kids(ring.jwks())).toHaveLength(2)
    const before = performance.now()
    await ring.signingKey()
    expect(performance.now() - before).toBeLessThan(2000)
  })
})

describe('withdraw', () => {
  test('takes the active key out: the coming one signs, and the other is not even retiring', async () => {
    const ring = await open()
    const [active, coming] = kids(ring.jwks())
    expect(await ring.withdraw(String(active))).toBe(true)
    expect(ring.keys().map(({ kid, state }) => [kid, state])).toEqual([
      [coming, 'active'],
      [expect.any(String), 'coming'],
    ])
    expect(kids(ring.jwks())).not.toContain(active)
    expect((await keys.read())?.version).toBe(2)
  })

  test.each(['coming', 'retiring'])('takes a %s key out', async (state) => {
    const ring = await open()
    await ring.rotate()
    const active = ring.keys()[0]?.kid
    const kid = ring.keys().find((key) => key.state === state)?.kid ?? ''
    expect(await ring.withdraw(kid)).toBe(true)
    expect(ring.keys().map((key) => key.kid)).not.toContain(kid)
    expect(ring.keys()[0]?.kid).toBe(active)
    expect(ring.keys().filter((key) => key.state === 'coming')).toHaveLength(1)
  })

  test('reaches another process within two seconds, without a request', async () => {
    const [there, here] = await Promise.all([open(), open()])
    const [active] = kids(here.jwks())
    await there.withdraw(String(active))
    await vi.waitFor(() => expect(here.keys()[0]?.kid).toBe(there.keys()[0]?.kid), { timeout: 2000, interval: 20 })
    expect(here.keys().map(({ kid }) => kid)).not.toContain(active)
  })

  test('its tokens go with it, remembered ones too', async () => {
    const [there, here] = await Promise.all([open(), open()])
    const about = { issuer: 'https://app.example', audience: 'app', delivery: 'body', clock } as const
    const { verifier } = createSessions({ ...about, keyring: here })
    const view = { method: 'POST', header: () => undefined, url: () => 'https://app.example/login' }
    const { body } = await createSessions({ ...about, keyring: there }).start(view, { sub: 'ada' })
    const { accessToken } = JSON.parse(body) as { accessToken: string }
    await verifier.verify(accessToken)
    await there.withdraw(String((await there.signingKey()).kid))
    await here.reload()
    await expect(async () => verifier.verify(accessToken)).rejects.toMatchObject({ code: 'token_rejected' })
  })

  test('is not undone by a process that rotates at the same time', async () => {
    const [first, second] = await Promise.all([open(), open()])
    const [active] = kids(first.jwks())
    await Promise.all([first.withdraw(String(active)), second.rotate()])
    await Promise.all([first.reload(), second.reload()])
    for (const ring of [first, second]) expect(kids(ring.jwks())).not.toContain(active)
  })

  test('says so where there is no such key, and where the store is down', async () => {
    const ring = await open()
    const [active] = kids(ring.jwks())
    expect(await ring.withdraw('another')).toBe(false)
    isDown = true
    await expect(ring.withdraw(String(active))).rejects.toThrow(StoreUnavailableError)
    isDown = false
    expect(kids(ring.jwks())).toContain(active)
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

  test('that was replaced elsewhere is said by the next signature, not by an unhandled rejection', async () => {
    const ring = await open()
    await (await open({ keyEncryptionKeys: [newKek, kek] })).rotate()
    now += 60
    await expect(ring.signingKey()).rejects.toThrow(/sealed under none of the keyEncryptionKeys/)
    expect(kids(ring.jwks())).toHaveLength(2)
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
  ['a look less than once a minute', { reloadEvery: 61 }],
  ['a store that is none', { store: {} }],
  ['an HMAC algorithm', { alg: 'HS256' }],
])('refuses %s', async (_name, options) => {
  await expect(open(options)).rejects.toThrow(ConfigError)
})
