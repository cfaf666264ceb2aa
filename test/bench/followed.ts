import { setTimeout as wait } from 'node:timers/promises'
import { createKeyring, createSessions, type Sessions } from '@latchkey/session'
import { PostgresServer, postgresMissing } from '../servers/postgres-server.js'
import { RedisServer, redisMissing } from '../servers/redis-server.js'
import { quantile } from './measure.js'
import { type OpenStore, openPostgres, openRedis } from './open-stores.js'
import { refreshTokenIn, view } from './refresh.js'
import type { Row, Section } from './section.js'
import { audience, issuer } from './tokens.js'

/** How many sessions are ended, one after the other. */
const sessions = 200

/** With `revocation: 'immediate'`: how long after a session was ended in one process another still takes its access token. */
export async function followed(): Promise<Section[]> {
  const rows: Row[] = []
  if (redisMissing === undefined) {
    const server = await RedisServer.start()
    rows.push(...(await measured('Redis', () => openRedis(server.url))))
    await server.stop()
  }
  if (postgresMissing === undefined) {
    const server = await PostgresServer.start()
    rows.push(...(await measured('PostgreSQL', () => openPostgres(server.url))))
    await server.stop()
  }
  const title = 'Until another process refuses the access token of a session that was ended'
  return [{ id: 'followed', title, unit: 'ms', better: 'less', rows, note: "revocation: 'immediate', two connections" }]
}

async function measured(name: string, open: () => OpenStore): Promise<Row[]> {
  const stores = [open(), open()]
  const keyring = await createKeyring()
  const [ender, follower] = stores.map(({ store }) =>
    createSessions({ keyring, store, issuer, audience, delivery: 'body', revocation: 'immediate' }),
  ) as [Sessions, Sessions]
  await ender.ready()
  await follower.ready()
  const times: number[] = []
  for (let n = 0; n < sessions; n++) times.push(await follow(ender, follower, `user-${n}`))
  await ender.close()
  await follower.close()
  for (const { close } of stores) await close()
  const sorted = times.sort((a, b) => a - b)
  return [0.5, 0.99].map((share) => {
    const value = quantile(sorted, share)
    return { name: `${name}: p${share * 100}`, value: { median: value, low: value, high: value } }
  })
}

/** Milliseconds from the answer to a log-out until the other one refuses. */
async function follow(ender: Sessions, follower: Sessions, sub: string): Promise<number> {
  const { body } = await ender.start(view, { sub })
  const { accessToken } = JSON.parse(body) as { accessToken: string }
  await follower.verifier.verify(accessToken)
  await ender.end(view, () => ({ refreshToken: refreshTokenIn(body) }))
  const start = performance.now()
  for (;;) {
    try {
      await follower.verifier.verify(accessToken)
    } catch {
      return performance.now() - start
    }
    // Not in a busy loop, which would keep the news from being read.
    await wait(0)
  }
}
