import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../../servers/needs.js'
import { privateKeysIn, tokensIn } from '../../servers/secrets-in.js'
import { type RunningStore, storeKinds } from '../../servers/stores.js'
import { everyFramework, frameworks } from '../harness/contract-server.js'
import { topics } from './cases/all.js'
import { afterRestart, logInEverywhere } from './cases/restart.js'
import { revocationDelays, severalProcesses } from './cases/several-processes.js'
import { type PlanName, plans } from './harness/plans.js'
import { differ, runSessionCase, type SessionCase, type SharedCase } from './harness/session-case.js'
import { SessionFleet } from './harness/session-fleet.js'
import type { Tokens } from './harness/tokens.js'

const patience = 120_000

/** What a case saw on the first store that it ran on. */
const seenOn = new Map<string, { readonly store: string; readonly seen: string }>()

/** How many cases ran on each store. */
const counts = new Map<string, number>()

for (const kind of storeKinds) {
  describe(`sessions on ${kind.name}`, () => {
    describe('the servers', needs(kind.missing), () => {
      // What a framework makes of a request is the same on any store.
      const servers = kind.shared ? frameworks : everyFramework
      const fleets = new Map<PlanName, Promise<SessionFleet>>()
      const issued = new Set<string>()
      let store: RunningStore
      let bodyStore: string
      let before: ReadonlyMap<string, Tokens> = new Map()

      beforeAll(async () => {
        store = await kind.start()
        bodyStore = await store.database()
        const names: readonly PlanName[] = ['cookie', 'body', 'strict', 'bound', 'required']
        // One configuration after the other, each with its frameworks side by side, while the first cases already run.
        let earlier: Promise<unknown> = Promise.resolve()
        for (const name of names) {
          const database = name === 'body' ? bodyStore : await store.database()
          const fleet = earlier.then(() => SessionFleet.start(servers, plans[name], database, issued))
          fleets.set(name, fleet)
          // A start that fails is the failure of the cases that wait for it.
          earlier = fleet.catch(() => {})
        }
      }, patience)

      afterAll(async () => {
        const started = await Promise.allSettled(fleets.values())
        await Promise.all(started.map((fleet) => fleet.status === 'fulfilled' && fleet.value.stop()))
        await store?.stop()
      }, patience)

      const fleetOf = async (plan: PlanName): Promise<SessionFleet> => {
        const fleet = await fleets.get(plan)
        if (fleet === undefined) throw new Error('the servers of this case did not start')
        return fleet
      }

      const run = (topic: string, each: SessionCase | SharedCase): void => {
        counts.set(kind.name, (counts.get(kind.name) ?? 0) + 1)
        test(each.name, { timeout: patience }, async () => {
          const transcript = await runSessionCase(each, await fleetOf(each.plan ?? 'cookie'))
          if (transcript === undefined) return
          const seen = withoutMemory(transcript)
          const first = seenOn.get(`${topic}: ${each.name}`)
          if (first === undefined) seenOn.set(`${topic}: ${each.name}`, { store: kind.name, seen })
          else if (first.seen !== seen) throw differ(kind.name, seen, first.store, first.seen)
        })
      }

      for (const { name, cases } of kind.shared ? [...topics, severalProcesses] : topics) {
        describe(name, () => {
          for (const each of cases) run(name, each)
        })
      }

      describe('after a restart with the keys in another order', () => {
        beforeAll(async () => {
          const fleet = await fleetOf('body')
          before = await logInEverywhere(fleet)
          await fleet.stop()
          fleets.delete('body')
          fleets.set('rotated', SessionFleet.start(servers, plans.rotated, bodyStore, issued, fleet.now))
          await fleetOf('rotated')
        }, patience)

        for (const each of afterRestart(() => before, kind.shared)) run('after a restart', each)
      })

      test('no server had anything to complain of', { timeout: patience }, async () => {
        for (const fleet of fleets.values()) for (const text of (await fleet).complaints) expect(text).toBe('')
      })

      test('no report shows a token, and reuse is reported once for each session', { timeout: patience }, async () => {
        for (const fleet of fleets.values()) {
          const events = (await (await fleet).reported()).flat()
          const sessions = new Set(events.map(({ session }) => String(session)))
          expect(tokensIn(JSON.stringify(events), issued, (part) => sessions.has(part))).toEqual([])
          const reused = events.filter(({ type }) => type === 'refresh_reused').map(({ session }) => session)
          expect(new Set(reused).size).toBe(reused.length)
        }
      })

      test('a dump of the store shows no refresh token and no private key', { timeout: patience }, async () => {
        const dump = await store.dump()
        const families = new Set([...issued].map((token) => token.split('.')[0]))
        expect(families.size).toBeGreaterThan(100)
        expect(tokensIn(dump, issued, (part) => families.has(part))).toEqual([])
        expect(privateKeysIn(dump)).toEqual([])
        if (kind.shared) expect(dump.length).toBeGreaterThan(10_000)
      })
    })
  })
}

test('the suite has its cases, and says how many', () => {
  const lines = [...topics, severalProcesses].map(({ name, cases }) => `  ${String(cases.length).padStart(4)}  ${name}`)
  const ran = [...counts].map(([store, count]) => `${count} on ${store}`)
  const delays = revocationDelays.map((ms) => Math.round(ms)).sort((a, b) => a - b)
  const delay =
    delays.length === 0 ? 'not measured' : `${delays[delays.length >> 1]} ms median, ${delays.at(-1)} ms at most`
  console.log(
    `${lines.join('\n')}\nSessions: ${ran.join(', ')}, × ${frameworks.length} frameworks (${frameworks.join(', ')}; in memory ${everyFramework.length})
Revocation known to every process: ${delay} (${delays.length} times)`,
  )
  expect(counts.get('memory')).toBeGreaterThanOrEqual(80)
})

/** Whether a session has ended or never was, a store may no longer know: then it says `refresh_unknown` (Redis does). */
function withoutMemory(transcript: string): string {
  const ended = '"code":"refresh_rejected","reason":"session_ended"'
  return transcript.replaceAll(ended, '"code":"refresh_rejected","reason":"refresh_unknown"')
}
