import { type PostgresStoreOptions, postgresMigration, postgresStore } from '@latchkey/postgres'
import { type FamilyStore, StoreUnavailableError } from '@latchkey/session'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { LosingProxy } from '../servers/losing-proxy.js'
import { needs } from '../servers/needs.js'
import { PostgresServer, postgresMissing } from '../servers/postgres-server.js'
import { issuer, newFamily, rotation } from './families.js'

describe('PostgreSQL', needs(postgresMissing), () => {
  let server: PostgresServer
  let pool: pg.Pool
  beforeAll(async () => {
    server = await PostgresServer.start()
    pool = new pg.Pool({ connectionString: server.url })
  })
  afterAll(async () => {
    await pool?.end()
    await server?.stop()
  })

  afterEach(() => void vi.useRealTimers())

  const count = async (query: string) => Number((await pool.query(`select count(*) as n from ${query}`)).rows[0]?.n)

  test('what is over is removed by the operations that follow', async () => {
    const whole = postgresStore({ pool, schema: 'short' })
    await whole.prepare()
    const store = whole.familiesOf(issuer)
    const [fleeting, other] = [newFamily({ idleTtl: 1 }), newFamily()]
    await store.start(fleeting)
    await store.start(other)
    await store.rotate(rotation(other.id, other.current, { reuseGrace: 1 }))
    const revoked = newFamily({ accessTtl: 1 })
    await store.start(revoked)
    await store.end(revoked.id)
    expect(await count('short.latchkey_revocations')).toBe(1)
    expect(await count('short.latchkey_families where sealed_successor is not null')).toBe(1)
    await expect
      .poll(
        async () => {
          await store.start(newFamily())
          const dead = await count(`short.latchkey_families where id = '${fleeting.id}'`)
          const sealed = await count('short.latchkey_families where sealed_successor is not null')
          return [dead, sealed, await count('short.latchkey_revocations')]
        },
        { interval: 200 },
      )
      .toEqual([0, 0, 0])
    expect(await store.read(other.id)).toMatchObject({ parent: other.current })
  })

  test('a connection that breaks during a log-in, or the end of all, ends nothing but them', async () => {
    const proxy = await LosingProxy.start(server.port)
    const frail = new pg.Pool({ connectionString: `postgres://postgres@127.0.0.1:${proxy.port}/postgres` })
    const whole = postgresStore({ pool: frail, schema: 'frail' })
    await whole.prepare()
    const store = whole.familiesOf(issuer)
    const { sub } = newFamily()
    for (const operation of [() => store.start(newFamily({ sub })), () => store.endAll(sub)]) {
      // That of the lock, of the statement itself, and of the commit.
      for (const replies of [0, 1, 2]) {
        // Connects and sweeps, so that no reply to that is lost.
        await store.start(newFamily())
        const { lost } = proxy
        proxy.loseAfter(replies)
        await expect(operation()).rejects.toThrow(StoreUnavailableError)
        expect(proxy.lost).toBe(lost + 1)
      }
    }
    // The pool lends the same connection again and again, and we stop to listen to it each time.
    for (let more = 0; more < 20; more++) await store.endAll(sub)
    const client = await frail.connect()
    expect(client.listenerCount('error')).toBe(0)
    client.release()
    await frail.end()
    await proxy.stop()
  })

  test('removes a great deal in time, and what is locked another time', async () => {
    const whole = postgresStore({ pool, schema: 'many' })
    await whole.prepare()
    const store = whole.familiesOf(issuer)
    await pool.query(`insert into many.latchkey_families
      (issuer, id, subject, sub, audience, scope, claims, started_at, refreshed_at, expires_at, absolute_end, access_until,
        current, tag_key, touched)
      select '', 'dead ' || n, '', 'user', '[]', '[]', '{}', 0, 0, 1, 1, 1, '', '', 0 from generate_series(1, 1500) as n`)
    const locker = await pool.connect()
    await locker.query(`begin; select from many.latchkey_families where id = 'dead 1' for update`)
    const left = async () => {
      await store.start(newFamily())
      return count('many.latchkey_families where expires_at = 1')
    }
    await expect.poll(left, { interval: 100 }).toBe(1)
    await locker.query('rollback')
    locker.release()
  })

  test('expires by the server’s clock', async () => {
    const whole = postgresStore({ pool, schema: 'clock' })
    await whole.prepare()
    const store = whole.familiesOf(issuer)
    const family = newFamily({ idleTtl: 1, absoluteTtl: 3 })
    const { startedAt, expiresAt, absoluteEnd } = (await store.start(family)).family
    expect(Math.abs(startedAt - Date.now() / 1000)).toBeLessThan(5)
    expect(expiresAt - startedAt).toBeCloseTo(1, 3)
    expect(absoluteEnd - startedAt).toBeCloseTo(3, 3)
    await expect.poll(() => store.read(family.id), { timeout: 3000 }).toHaveProperty('gone')
    expect(await store.rotate(rotation(family.id, family.current))).toMatchObject({ outcome: 'gone' })
  })

  test('a migration that an administrator ran leaves nothing to do for a role without rights to make tables', async () => {
    await pool.query(postgresMigration({ schema: 'managed', tablePrefix: 'app_' }))
    await pool.query(postgresMigration({ schema: 'managed', tablePrefix: 'app_' }))
    await pool.query(`create role app login;
      grant usage on schema managed to app;
      grant select, insert, update, delete on all tables in schema managed to app`)
    const asApp = new pg.Pool({ host: '127.0.0.1', port: server.port, user: 'app', database: 'postgres' })
    const whole = postgresStore({ pool: asApp, schema: 'managed', tablePrefix: 'app_' })
    await whole.prepare()
    const store = whole.familiesOf(issuer)
    const family = newFamily()
    await store.start(family)
    expect(await store.rotate(rotation(family.id, family.current))).toMatchObject({ outcome: 'rotated' })
    expect(await store.end(family.id)).toMatchObject({ id: family.id })
    const refused: unknown = await postgresStore({ pool: asApp, schema: 'other' })
      .prepare()
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({ message: expect.stringContaining('permission denied') })
    expect(refused).not.toBeInstanceOf(StoreUnavailableError)
    await asApp.end()
  })

  test('what another issuer announces causes no read of the log', async () => {
    // Without its timer, a follower reads the log only when it begins and after an announcement.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const watching = new pg.Pool({ connectionString: server.url })
    const reads = vi.spyOn(watching, 'query')
    const revoked: string[] = []
    const whole = postgresStore({ pool, schema: 'announced' })
    await whole.prepare()
    const watcher = { revoked: (id: string) => void revoked.push(id), unsure: () => {}, sure: () => {} }
    const follower = postgresStore({ pool: watching, schema: 'announced' }).familiesOf(issuer)
    const stop = await follower.revocations.watch(watcher)
    expect(reads).toHaveBeenCalledTimes(1)

    const endOne = async (store: FamilyStore) => {
      const family = newFamily()
      await store.start(family)
      await store.end(family.id)
      return family.id
    }
    for (let n = 0; n < 5; n++) await endOne(whole.familiesOf('https://other.example'))
    const own = await endOne(whole.familiesOf(issuer))
    // Announcements arrive in their order, so those of the other issuer came before it.
    await expect.poll(() => revoked).toEqual([own])
    expect(reads).toHaveBeenCalledTimes(2)
    await stop()
    await watching.end()
  })

  test('many prepare an empty search path at once', async () => {
    const stores = Array.from({ length: 8 }, () => postgresStore({ pool, tablePrefix: 'path_' }))
    await Promise.all(stores.map((store) => store.prepare()))
    expect(await count(`pg_tables where tablename like 'path\\_%'`)).toBe(5)
  })

  test('works where the database serializes, and where the app has set its own parsers', async () => {
    const strict = new pg.Pool({
      connectionString: server.url,
      options: '-c default_transaction_isolation=serializable',
      types: { getTypeParser: () => () => 'nonsense' },
    })
    const whole = postgresStore({ pool: strict, schema: 'strict' })
    await whole.prepare()
    const store = whole.familiesOf(issuer)
    const family = newFamily()
    await store.start(family)
    expect(await store.read(family.id)).toMatchObject({ family: { sub: family.sub, scope: ['read'] } })
    const step = rotation(family.id, family.current)
    expect(await store.rotate(step)).toMatchObject({ outcome: 'rotated' })
    expect(await store.rotate(rotation(family.id, family.current))).toMatchObject({
      outcome: 'repeated',
      sealedSuccessor: step.sealedSuccessor,
    })
    await strict.end()
  })

  test('subjects that a text of PostgreSQL cannot hold', async () => {
    const whole = postgresStore({ pool, schema: 'texts' })
    await whole.prepare()
    const store = whole.familiesOf(issuer)
    const subs = ['nul \0', 'lone \ud800', '"quoted"', 'long '.repeat(2000)]
    for (const sub of subs) {
      await store.start(newFamily({ sub, clientId: sub }))
      expect((await store.list(sub)).map((family) => [family.sub, family.clientId])).toEqual([[sub, sub]])
    }
    expect(await store.endAll('lone \ufffd')).toEqual([])
    for (const sub of subs) expect(await store.endAll(sub)).toHaveLength(1)
  })

  test('a server that takes no more connections is unavailable', async () => {
    const full = new pg.Pool({ host: '127.0.0.1', port: server.port, user: 'one', database: 'postgres' })
    await pool.query('create role one login connection limit 0')
    await expect(postgresStore({ pool: full }).prepare()).rejects.toThrow(StoreUnavailableError)
    await full.end()
  })
})

const pool = { query: () => {}, connect: () => {}, on: () => {}, options: {} }

test.each([
  ['pool must be a Pool of pg', {}],
  ['pool must be a Pool of pg', { pool: {} }],
  ['schema must be at most 24', { pool, schema: 'a"; drop table' }],
  ['tablePrefix must be at most 24', { pool, tablePrefix: '1' }],
  ['postgresStore', { pool, tableprefix: 'a' }],
])('refuses wrong options: %s', (message, options) => {
  expect(() => postgresStore(options as unknown as PostgresStoreOptions)).toThrow(message)
})
