import { setTimeout as wait } from 'node:timers/promises'
import { createKeyring, createSessions, type Sessions } from '@latchkey/session'
import { quantile } from './measure.js'
import { openStore, startStoreServers } from './open-stores.js'
import { refreshTokenIn, view } from './refresh.js'
import type { Row, Section } from './section.js'
import { audience, issuer } from './tokens.js'

/** How many sessions are ended, one after the other. */
const sessions = 200

/** With `revocation: 'immediate'`: how long after a session was ended in one process another still takes its access token. */
export async function followed(): Promise<Section[]> {
  const rows: Row[] = []
  for (const { name, url, stop } of await startStoreServers()) {
    rows.push(...(await measured(name, url)))
    await stop()
  }
  const title = 'Until another process refuses the access token of a session that was ended'
  return [{ id: 'followed', title, unit: 'ms', better: 'less', rows, note: "revocation: 'immediate', two connections" }]
}

async function measured(name: string, url: string): Promise<Row[]> {
  const stores = [openStore(url), openStore(url)]
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
