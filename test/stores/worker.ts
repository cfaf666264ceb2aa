/**
 * A process of its own with a store, for the tests that need several. It says "ready", does what it is sent, and answers with the
 * results.
 */
import type { ReplayStore } from '@latchkey/core'
import { postgresReplayStore, postgresStore } from '@latchkey/postgres'
import { redisReplayStore, redisStore } from '@latchkey/redis'
import type { FamilyStore, Rotation, SessionStore } from '@latchkey/session'
import { Redis } from 'ioredis'
import pg from 'pg'
import { createClient } from 'redis'
import { issuer, rotation } from './families.js'

/** What a worker can be asked for. */
export type Task =
  /** Rotate the same token many times at once. */
  | { readonly kind: 'race'; readonly rotations: readonly Rotation[] }
  /** Burn the same proof many times at once. */
  | { readonly kind: 'burn'; readonly id: string; readonly times: number }
  /** Rotate again and again, each time telling what comes next, until killed. */
  | { readonly kind: 'chain'; readonly id: string; readonly current: string }

interface Stores {
  readonly sessions: SessionStore
  readonly replay: ReplayStore
}

async function open(library: string, url: string): Promise<Stores> {
  if (library === 'pg') {
    const pool = new pg.Pool({ connectionString: url, max: 10 })
    return { sessions: postgresStore({ pool }), replay: postgresReplayStore({ pool }) }
  }
  const client = library === 'ioredis' ? new Redis(url) : createClient({ url })
  if ('isOpen' in client) await client.connect()
  return { sessions: redisStore({ client }), replay: redisReplayStore({ client }) }
}

async function perform(store: FamilyStore, replay: ReplayStore, task: Task): Promise<void> {
  if (task.kind === 'burn') {
    const now = Date.now() / 1000
    send(await Promise.all(Array.from({ length: task.times }, () => replay.burn(task.id, now + 70, now))))
    return
  }
  if (task.kind === 'race') {
    send(await Promise.all(task.rotations.map((each) => store.rotate(each))))
    return
  }
  let presented = task.current
  for (;;) {
    const step = rotation(task.id, presented)
    send(step)
    await store.rotate(step)
    presented = step.successor
  }
}

function send(message: unknown): void {
  process.send?.(message)
}

const [library = '', url = ''] = process.argv.slice(2)
const { sessions, replay } = await open(library, url)
await sessions.prepare()
process.on('message', (task: Task) => {
  perform(sessions.familiesOf(issuer), replay, task).catch((error: unknown) => {
    send({ failed: String(error) })
  })
})
send('ready')
