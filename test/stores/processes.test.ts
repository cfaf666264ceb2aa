import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { postgresStore } from '@latchkey/postgres'
import { redisStore } from '@latchkey/redis'
import type { FamilyRecord, FamilyStore, Rotation, RotationResult } from '@latchkey/session'
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../servers/needs.js'
import { PostgresServer, postgresMissing } from '../servers/postgres-server.js'
import { RedisServer, redisMissing } from '../servers/redis-server.js'
import { issuer, newFamily, newHash, rotation } from './families.js'
import type { Task } from './worker.js'

const worker = fileURLToPath(new URL('../dist/stores/worker.js', import.meta.url))

interface Setting {
  readonly url: string
  readonly store: FamilyStore
  close(): Promise<void>
}

const redis = async (): Promise<Setting> => {
  const server = await RedisServer.start()
  const client = new Redis(server.url)
  const close = async () => {
    client.disconnect()
    await server.stop()
  }
  return { url: server.url, store: redisStore({ client }).familiesOf(issuer), close }
}

const postgres = async (): Promise<Setting> => {
  const server = await PostgresServer.start()
  const pool = new pg.Pool({ connectionString: server.url })
  const close = async () => {
    await pool.end()
    await server.stop()
  }
  const store = postgresStore({ pool })
  await store.prepare()
  return { url: server.url, store: store.familiesOf(issuer), close }
}

const settings = [
  { library: 'ioredis', missing: redisMissing, start: redis },
  { library: 'redis', missing: redisMissing, start: redis },
  { library: 'pg', missing: postgresMissing, start: postgres },
]

for (const { library, missing, start } of settings) {
  describe(`several processes with ${library}`, needs(missing), () => {
    let setting: Setting
    beforeAll(async () => {
      setting = await start()
    })
    afterAll(() => setting?.close())

    test('prepare an empty database at once; 1,000 rotations of one token then have one successor', async () => {
      const workers = await Promise.all([1, 2, 3, 4].map(() => startWorker(library, setting.url)))
      const { id, current } = await begin(setting.store)
      const results = await Promise.all(workers.map((each) => race(each, id, current)))
      const outcomes = results.flat().map(({ outcome }) => outcome)
      expect(outcomes.filter((outcome) => outcome === 'rotated')).toHaveLength(1)
      expect(outcomes.filter((outcome) => outcome === 'repeated')).toHaveLength(999)
      const sealed = results.flat().flatMap((result) => (result.outcome === 'repeated' ? [result.sealedSuccessor] : []))
      const live = (await currentOf(setting.store, id)).current
      expect(new Set(sealed)).toEqual(new Set([`sealed ${live}`]))
      for (const each of workers) each.kill('SIGKILL')
    })

    test('burn one proof 1,000 times at once: exactly one wins', async () => {
      const workers = await Promise.all([1, 2, 3, 4].map(() => startWorker(library, setting.url)))
      const task: Task = { kind: 'burn', id: newHash(), times: 250 }
      const burnt = await Promise.all(workers.map((each) => burn(each, task)))
      expect(burnt.flat()).toHaveLength(1000)
      expect(burnt.flat().filter((won) => won)).toHaveLength(1)
      for (const each of workers) each.kill('SIGKILL')
    })

    test('a process that is killed in a rotation leaves one live token', async () => {
      await Promise.all([20, 33, 46, 59].map((steps) => killAndComeBack(library, setting, steps)))
    })
  })
}

async function killAndComeBack(library: string, { url, store }: Setting, steps: number): Promise<void> {
  const { id, current } = await begin(store)
  const last = await killWhileRotating(await startWorker(library, url), id, current, steps)
  // Whoever holds the last token that the process was given comes back with it.
  const result = await store.rotate(rotation(id, last.presented))
  if (result.outcome === 'repeated') expect(result.sealedSuccessor).toBe(last.sealedSuccessor)
  else expect(result.outcome).toBe('rotated')
  expect((await currentOf(store, id)).parent).toBe(last.presented)
}

async function startWorker(library: string, url: string): Promise<ChildProcess> {
  const child = fork(worker, [library, url])
  const [message] = await once(child, 'message')
  expect(message).toBe('ready')
  return child
}

async function race(child: ChildProcess, id: string, current: string): Promise<readonly RotationResult[]> {
  const task: Task = { kind: 'race', rotations: Array.from({ length: 250 }, () => rotation(id, current)) }
  child.send(task)
  const [results] = await once(child, 'message')
  return results
}

async function burn(child: ChildProcess, task: Task): Promise<readonly boolean[]> {
  child.send(task)
  const [burnt] = await once(child, 'message')
  return burnt
}

/** The last rotation that the process has begun. */
async function killWhileRotating(child: ChildProcess, id: string, current: string, steps: number): Promise<Rotation> {
  let begun = 0
  let last: Rotation | undefined
  child.on('message', (step: Rotation) => {
    begun += 1
    last = step
    if (begun === steps) child.kill('SIGKILL')
  })
  const task: Task = { kind: 'chain', id, current }
  child.send(task)
  await once(child, 'close')
  if (last === undefined) throw new Error('The process has rotated nothing.')
  return last
}

async function begin(store: FamilyStore): Promise<{ id: string; current: string }> {
  const family = newFamily()
  await store.start(family)
  return family
}

async function currentOf(store: FamilyStore, id: string): Promise<FamilyRecord> {
  const record = await store.read(id)
  if ('gone' in record) throw new Error('The session is gone.')
  return record
}
