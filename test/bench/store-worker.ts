import { randomBytes } from 'node:crypto'
import type { ReplayStore } from '@latchkey/core'
import { postgresReplayStore } from '@latchkey/postgres'
import { redisReplayStore } from '@latchkey/redis'
import { Redis } from 'ioredis'
import pg from 'pg'
import { openStore } from './open-stores.js'
import type { Task, Turn } from './processes.js'
import { refreshAll, signIn } from './refresh.js'

/** How many proofs are on their way at the same time. */
const atOnce = 64

/** A process that uses a store as an app's process would, for as long as it is told, and says how often it did per second. */
async function main([url = '']: readonly string[]): Promise<void> {
  const { store } = openStore(url)
  const user = await signIn(store)
  const replayStore = openReplayStore(url)
  const tasks: Record<Task, (seconds: number) => Promise<number>> = {
    refresh: (seconds) => refreshAll(user, seconds),
    burn: (seconds) => burnAll(replayStore, seconds),
  }
  process.on('message', async ({ task, seconds }: Turn) => process.send?.(await tasks[task](seconds)))
  process.on('disconnect', () => process.exit())
  process.send?.('ready')
}

function openReplayStore(url: string): ReplayStore {
  if (url.startsWith('redis')) return redisReplayStore({ client: new Redis(url) })
  return postgresReplayStore({ pool: new pg.Pool({ connectionString: url, max: 10 }) })
}

async function burnAll(store: ReplayStore, seconds: number): Promise<number> {
  const start = performance.now()
  let burnt = 0
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() - start < seconds * 1000) {
        const now = Date.now() / 1000
        await store.burn(randomBytes(32).toString('base64url'), now + 70, now)
        burnt += 1
      }
    }),
  )
  return burnt / ((performance.now() - start) / 1000)
}

await main(process.argv.slice(2))
