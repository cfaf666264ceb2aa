import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Topic } from './case.js'
import { plans, type ServerName } from './configurations.js'
import { unexplained } from './explained.js'
import { Fleet } from './fleet.js'
import { IssuerServer } from './issuer-server.js'
import { runCase } from './run-case.js'

/** A case waits for its servers, which a busy machine starts slowly, ms. */
const patience = 180_000

/**
 * Declares a test for each case, on servers of these frameworks.
 *
 * @returns what gives the issuers' server, in tests
 */
export function testTopics(topics: readonly Topic[], frameworks: readonly string[]): () => IssuerServer {
  const named = new Set(topics.flatMap(({ cases }) => cases.map(({ server = 'header' }) => server)))
  const fleets = new Map<ServerName, Promise<Fleet>>()
  let issuers: IssuerServer

  beforeAll(async () => {
    issuers = await IssuerServer.start()
    // One configuration after the other, each with its frameworks side by side, while the first cases already run.
    let before: Promise<unknown> = Promise.resolve()
    for (const name of named) {
      const fleet = before.then(() => Fleet.start(plans[name], issuers, frameworks))
      fleets.set(name, fleet)
      // A start that fails is the failure of the cases that wait for it.
      before = fleet.catch(() => {})
    }
  })

  afterAll(async () => {
    const started = await Promise.allSettled(fleets.values())
    await Promise.all(started.map((fleet) => fleet.status === 'fulfilled' && fleet.value.stop()))
    await issuers.stop()
  }, 60_000)

  for (const topic of topics) {
    describe(topic.name, () => {
      for (const each of topic.cases) {
        test(each.name, { timeout: patience }, async () => {
          const fleet = await fleets.get(each.server ?? 'header')
          if (fleet === undefined) throw new Error('the servers of this case did not start')
          expect(unexplained(each.name, await runCase(each, fleet, issuers))).toEqual([])
        })
      }
    })
  }
  return () => issuers
}
