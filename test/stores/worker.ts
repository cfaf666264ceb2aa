/**
 * A process of its own with a store, for the tests that need several. It says "ready", does what it is sent, and answers with the
 * results.
 */
import { postgresStore } from '@latchkey/postgres'
import { redisStore } from '@latchkey/redis'
import type { FamilyStore, Rotation, SessionStore } from '@latchkey/session'
import { Redis } from 'ioredis'
import pg from 'pg'
import { createClient } from 'redis'
import { issuer, rotation } from './families.js'

/** What a worker can be asked for. */
export type Task =
  /** Rotate the same token many times at once. */
  | { readonly kind: 'race'; readonly rotations: readonly Rotation[] }
  /** Rotate again and again, each time telling what comes next, until killed. */
  | { readonly kind: 'chain'; readonly id: string; readonly current: string }

async function open(library: string, url: string): Promise<SessionStore> {
  if (library === 'pg') return postgresStore({ pool: new pg.Pool({ connectionString: url, max: 10 }) })
  if (library === 'ioredis') return redisStore({ client: new Redis(url) })
  const client = createClient({ url })
  await client.connect()
  return redisStore({ client })
}

async function perform(store: FamilyStore, task: Task): Promise<void> {
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
const store = await open(library, url)
await store.prepare()
process.on('message', (task: Task) => {
  perform(store.familiesOf(issuer), task).catch((error: unknown) => {
    send({ failed: String(error) })
  })
})
send('ready')
