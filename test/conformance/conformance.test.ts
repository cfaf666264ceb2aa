import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { topics } from './cases/all.js'
import { refusedConfigurations } from './cases/config-errors.js'
import { plans, type ServerName } from './harness/configurations.js'
import { frameworks } from './harness/contract-server.js'
import { unexplained } from './harness/explained.js'
import { Fleet } from './harness/fleet.js'
import { IssuerServer } from './harness/issuer-server.js'
import { runCase } from './harness/run-case.js'

/** A case waits for its servers, which a busy machine starts slowly, ms. */
const patience = 180_000

const fleets = new Map<ServerName, Promise<Fleet>>()
let issuers: IssuerServer

beforeAll(async () => {
  issuers = await IssuerServer.start()
  // One configuration after the other, each with its frameworks side by side, while the first cases already run.
  let before: Promise<unknown> = Promise.resolve()
  for (const [name, plan] of Object.entries(plans)) {
    const fleet = before.then(() => Fleet.start(plan, issuers))
    fleets.set(name as ServerName, fleet)
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

describe('the suite', () => {
  test('no token ever led anybody to a URL of its own', () => {
    expect(issuers.luredRequests).toEqual([])
  })

  test('names every case once', () => {
    for (const { name, cases } of topics) {
      const names = cases.map((each) => each.name)
      expect(
        names.filter((each, i) => names.indexOf(each) !== i),
        name,
      ).toEqual([])
    }
  })

  test('has its cases, and says how many', () => {
    const requests = topics.reduce((sum, { cases }) => sum + cases.length, 0)
    const count = requests + refusedConfigurations.length
    const lines = topics.map(({ name, cases }) => `  ${String(cases.length).padStart(4)}  ${name}`)
    lines.push(`  ${String(refusedConfigurations.length).padStart(4)}  configurations that are refused`)
    console.log(
      `${lines.join('\n')}\nConformance: ${count} cases × ${frameworks.length} frameworks (${frameworks.join(', ')}) = ${count * frameworks.length}`,
    )
    expect(requests).toBeGreaterThanOrEqual(200)
  })
})
