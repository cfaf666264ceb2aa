import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { spreadOf } from './measure.js'
import { startStoreServers } from './open-stores.js'
import type { Row, Section } from './section.js'

/** How many processes share a store. */
const counts = [1, 2, 4]

/** What a worker does for its turn: see `store-worker.ts`. */
const tasks = { refresh: 'Refreshes', burn: 'Proofs burnt' } as const

export type Task = keyof typeof tasks

/** What a worker is told. */
export interface Turn {
  readonly task: Task
  /** How long, in seconds. */
  readonly seconds: number
}

/** What several processes get done together on one store that they share; on this machine they share its cores with it. */
export async function processes(rounds: number, seconds: number): Promise<Section[]> {
  const rows: Record<Task, Row[]> = { refresh: [], burn: [] }
  for (const { name, url, stop } of await startStoreServers()) {
    const workers = await Promise.all(Array.from({ length: Math.max(...counts) }, () => startWorker(url)))
    try {
      for (const count of counts) {
        for (const task of Object.keys(tasks) as Task[]) {
          const samples: number[] = []
          for (let round = -1; round < rounds; round++) {
            const rate = await takeTurn(workers.slice(0, count), { task, seconds })
            // The first round warms up.
            if (round >= 0) samples.push(rate)
          }
          rows[task].push({ name: `${name}, ${count} process${count === 1 ? '' : 'es'}`, value: spreadOf(samples) })
        }
      }
    } finally {
      for (const worker of workers) worker.disconnect()
      await stop()
    }
  }
  return Object.entries(tasks).map(([task, what]) => {
    const title = `${what} per second, by processes that share a store`
    return { id: `processes-${task}`, title, unit: 'calls/s', better: 'more' as const, rows: rows[task as Task] }
  })
}

async function startWorker(url: string): Promise<ChildProcess> {
  const worker = fork(fileURLToPath(new URL('./store-worker.js', import.meta.url)), [url])
  const [message] = await said(worker)
  if (message !== 'ready') throw new Error('A worker did not start.')
  return worker
}

/** All at once; what they did together, per second. */
async function takeTurn(workers: readonly ChildProcess[], turn: Turn): Promise<number> {
  const rates = await Promise.all(
    workers.map(async (worker) => {
      worker.send(turn)
      const [rate] = (await said(worker)) as [number]
      if (worker.exitCode !== null) throw new Error('A worker ended before its turn did.')
      return rate
    }),
  )
  return rates.reduce((sum, rate) => sum + rate, 0)
}

/** What a worker says next, or its exit code; whichever comes first, and nobody listens for the other any longer. */
async function said(worker: ChildProcess): Promise<readonly unknown[]> {
  const settled = new AbortController()
  const { signal } = settled
  try {
    return await Promise.race([once(worker, 'message', { signal }), once(worker, 'exit', { signal })])
  } finally {
    settled.abort()
  }
}
