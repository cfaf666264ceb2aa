import { randomBytes } from 'node:crypto'
import { postgresStore } from '@latchkey/postgres'
import { redisStore } from '@latchkey/redis'
import { createSessions, createStoredKeyring, type SessionStore } from '@latchkey/session'
import { Redis } from 'ioredis'
import { compactDecrypt } from 'jose'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { needs } from '../servers/needs.js'
import { PostgresServer, postgresMissing } from '../servers/postgres-server.js'
import { RedisServer, redisMissing } from '../servers/redis-server.js'

const issuer = 'https://app.example'
const request = { method: 'POST', header: () => undefined, url: () => `${issuer}/session` }

/** Logs in and refreshes as an app would; gives all that must not be found, and an id that must be. */
async function use(store: SessionStore): Promise<{ secrets: readonly string[]; id: string }> {
  const keyEncryptionKey = randomBytes(32)
  const keyring = await createStoredKeyring({ store, keyEncryptionKeys: [keyEncryptionKey] })
  const sessions = createSessions({ keyring, store, issuer, audience: issuer, delivery: 'body' })
  await sessions.ready()
  const tokens = [refreshTokenOf(await sessions.start(request, { sub: 'user-1', scope: ['read'] }))]
  for (let i = 0; i < 5; i++) {
    const refreshToken = tokens.at(-1)
    tokens.push(refreshTokenOf(await sessions.refresh(request, async () => ({ refreshToken }))))
  }
  await keyring.rotate()
  const sealed = (await store.keys.read())?.sealed ?? ''
  const { plaintext } = await compactDecrypt(sealed, keyEncryptionKey)
  const privateParts = [...new TextDecoder().decode(plaintext).matchAll(/"d":"([\w-]+)"/g)].map(([, d]) => d ?? '')
  expect(privateParts.length).toBeGreaterThan(1)
  const [id = ''] = tokens[0]?.split('.') ?? []
  return { id, secrets: [...tokens.map((token) => token.slice(id.length + 1)), ...privateParts] }
}

function refreshTokenOf({ body }: { readonly body: string }): string {
  return String(JSON.parse(body).refreshToken)
}

function expectNone(dump: Buffer, { secrets, id }: { readonly secrets: readonly string[]; readonly id: string }): void {
  expect(dump.includes(id)).toBe(true)
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(40)
    for (const part of secret.split('.')) expect(dump.includes(part)).toBe(false)
  }
}

describe('Redis', needs(redisMissing), () => {
  test('what it writes to disk holds no refresh token and no private key', async () => {
    const server = await RedisServer.start()
    const client = new Redis(server.url)
    const used = await use(redisStore({ client }))
    await client.config('SET', 'rdbcompression', 'no')
    await client.save()
    expectNone(await server.dump(), used)
    client.disconnect()
    await server.stop()
  })
})

describe('PostgreSQL', needs(postgresMissing), () => {
  test('what it writes to disk holds no refresh token and no private key', async () => {
    const server = await PostgresServer.start()
    const pool = new pg.Pool({ connectionString: server.url })
    const store = postgresStore({ pool })
    await store.prepare()
    const used = await use(store)
    await pool.query('checkpoint')
    expectNone(await server.dump(), used)
    await pool.end()
    await server.stop()
  })
})
