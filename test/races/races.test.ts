import { setTimeout as wait } from 'node:timers/promises'
import { createStoredKeyring } from '@latchkey/session'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sidOf } from '../conformance/sessions/harness/tokens.js'
import { needs } from '../servers/needs.js'
import { privateKeysIn, tokensIn } from '../servers/secrets-in.js'
import { type Backend, backends } from './harness/backend.js'
import { Cluster } from './harness/cluster.js'
import { withStore } from './harness/in-process.js'
import { type Answer, issued, type Pair, percentiles, spread, tally } from './harness/process.js'

/** Processes that are killed in the middle of rotations, on each store. */
const kills = Number(process.env['RACES_KILLS'] ?? 3)
/** Sessions that each of them is refreshing meanwhile. */
const sessionsPerKill = 40

const patience = 120_000

describe.each(backends)('four processes on $name', ({ name, missing, start }) => {
  describe('at the same time', needs(missing), () => {
    let backend: Backend
    let cluster: Cluster
    beforeAll(async () => {
      backend = await start()
      // All at once, on a database that is empty.
      cluster = await Cluster.start(backend.url(), 4)
    }, patience)
    afterAll(async () => {
      await cluster?.stop()
      await backend?.stop()
    }, patience)

    const report = (what: string, figures: string): void => console.log(`${name}: ${what}: ${figures}`)
    const reusedIn = (events: readonly { readonly type: string }[]): number =>
      events.filter(({ type }) => type === 'refresh_reused').length
    const dead = async (refreshTokens: Iterable<string>): Promise<void> => {
      const answers = await Promise.all([...refreshTokens].map((token, n) => cluster.at(n).refresh(token)))
      expect(answers.filter(({ status }) => status !== 401).length, tally(answers)).toBe(0)
    }

    test('started at once on an empty database, they know each other’s sessions', async () => {
      let tokens = await cluster.at(0).logIn(cluster.newSubject())
      for (let n = 1; n <= 8; n++) {
        const { pair } = await cluster.at(n).refresh(tokens.refresh)
        tokens = pair ?? expect.fail(`process ${n} does not know the session`)
        expect(await cluster.at(n + 1).me(tokens.access)).toMatchObject({ status: 200 })
      }
    })

    test('1,000 parallel refreshes of one token: one successor, no false alarm, no 5xx', {
      timeout: patience,
    }, async () => {
      const { refresh } = await cluster.at(0).logIn(cluster.newSubject())
      await cluster.newEvents()
      const answers = await cluster.atOnce(1000, (each) => each.refresh(refresh))
      report('1,000 parallel refreshes of one token', `${tally(answers)}; ${spread(answers.map(timeOf))}`)
      expect(tally(answers)).toBe('1000 × 200')
      expect(new Set(answers.map(({ pair }) => pair?.refresh)).size).toBe(1)
      const events = await cluster.newEvents()
      expect(events.filter(({ type }) => type !== 'session_refreshed')).toEqual([])
      expect(events.filter(({ repeated }) => repeated === false)).toHaveLength(1)
      expect(events).toHaveLength(1000)
      const successor = answers[0]?.pair?.refresh ?? ''
      expect(await cluster.at(1).refresh(successor)).toMatchObject({ status: 200 })
      await dead([refresh])
    })

    test('200 tokens, each by four processes at once: one successor each', { timeout: patience }, async () => {
      const sessions = await Promise.all(Array.from({ length: 200 }, (_, n) => cluster.at(n).logIn(`${n}`)))
      await cluster.newEvents()
      const answers = await Promise.all(
        sessions.map(({ refresh }) => cluster.atOnce(4, (each) => each.refresh(refresh))),
      )
      expect(tally(answers.flat())).toBe('800 × 200')
      for (const ofOne of answers) expect(new Set(ofOne.map(({ pair }) => pair?.refresh)).size).toBe(1)
      expect(reusedIn(await cluster.newEvents())).toBe(0)
    })

    test('refreshes of eight sessions side by side, timed', { timeout: patience }, async () => {
      const times = await Promise.all(
        Array.from({ length: 8 }, async (_, n) => {
          let { refresh } = await cluster.at(n).logIn(cluster.newSubject())
          const taken: number[] = []
          for (let time = 0; time < 40; time++) {
            const answer = await cluster.at(n + time).refresh(refresh)
            refresh = answer.pair?.refresh ?? expect.fail(tally([answer]))
            taken.push(answer.milliseconds)
          }
          return taken.slice(5)
        }),
      )
      report('a refresh, eight at a time', spread(times.flat()))
      expect(percentiles(times.flat()).p99).toBeLessThan(5000)
    })

    test('a superseded token, 100 times at once: the session ends, and one process says so once', {
      timeout: patience,
    }, async () => {
      const first = await cluster.at(0).logIn(cluster.newSubject())
      const second = (await cluster.at(1).refresh(first.refresh)).pair ?? expect.fail('no successor')
      const third = (await cluster.at(2).refresh(second.refresh)).pair ?? expect.fail('no successor')
      await cluster.newEvents()
      const answers = await cluster.atOnce(100, (each) => each.refresh(first.refresh))
      expect(tally(answers)).toBe('100 × 401 refresh_rejected')
      const events = await cluster.newEvents()
      expect(reusedIn(events)).toBe(1)
      expect(events.filter(({ type }) => type === 'session_ended')).toHaveLength(1)
      await dead([second.refresh, third.refresh])
    })

    test('refreshes racing an end: after its 204 nothing of the session refreshes', { timeout: patience }, async () => {
      await Promise.all(Array.from({ length: 40 }, (_, n) => raceWithEnd(n)))
      expect(reusedIn(await cluster.newEvents())).toBe(0)
    })

    /** One client refreshes on and on, each time at another process; another one logs out with the token of the log-in. */
    async function raceWithEnd(n: number): Promise<void> {
      const { refresh } = await cluster.at(n).logIn(cluster.newSubject())
      const given = new Set([refresh])
      const refreshing = refreshOnAndOn(cluster, n, refresh, given)
      await wait(5 * n)
      expect(await cluster.at(n + 2).end(refresh)).toMatchObject({ status: 204 })
      const afterwards = await cluster.atOnce(4, (each) => each.refresh([...given].at(-1) ?? refresh))
      expect(tally(afterwards)).toBe('4 × 401 refresh_rejected')
      await refreshing
      await dead(given)
    }

    test('refreshes and log-ins racing the end of all, from two processes', { timeout: patience }, async () => {
      for (let round = 0; round < 6; round++) {
        const sub = cluster.newSubject()
        const sessions = await Promise.all([0, 1, 2, 3].map((n) => cluster.at(n).logIn(sub)))
        const given = new Set(sessions.map(({ refresh }) => refresh))
        const chains = sessions.map(({ refresh }, n) => refreshOnAndOn(cluster, n + round, refresh, given))
        await wait(10 * round)
        const access = sessions[0]?.access ?? ''
        const ends = await cluster.atOnce(2, (each) => each.endAll(access))
        expect(tally(ends)).toBe('2 × 204')
        await Promise.all(chains)
        await dead(given)
        const anew = await cluster.at(round).logIn(sub)
        expect(await cluster.at(round + 1).refresh(anew.refresh)).toMatchObject({ status: 200 })
      }
    })

    test(`${kills} processes killed in the middle of rotations: one live token each, never two`, {
      timeout: kills * 40_000,
    }, async () => {
      const found = { answered: 0, rotated: 0, loggedOut: 0 }
      for (let turn = 0; turn < kills; turn++) await killOne(turn, found)
      const { answered, rotated, loggedOut } = found
      report(
        `${kills} processes killed`,
        `${answered + rotated + loggedOut} sessions under way: ${answered} had their answer, ${rotated} went on from the old token, ${loggedOut} have to log in`,
      )
      expect(answered).toBeGreaterThan(0)
      expect(rotated).toBeGreaterThan(0)
    })

    async function killOne(
      turn: number,
      found: { answered: number; rotated: number; loggedOut: number },
    ): Promise<void> {
      const logIns = () =>
        Promise.all(Array.from({ length: sessionsPerKill }, () => cluster.at(turn + 1).logIn(cluster.newSubject())))
      const victim = cluster.at(turn)
      const rehearsed = await logIns()
      const sessions = await logIns()
      const began = performance.now()
      await Promise.all(rehearsed.map(({ refresh }) => victim.refresh(refresh)))
      const usual = performance.now() - began
      await cluster.newEvents()

      // As fast as they are served, so that at any moment there are some at every step.
      const refreshing = sessions.map(async ({ refresh }, n) => {
        await wait((usual * n) / sessionsPerKill)
        return victim.refresh(refresh).catch(() => undefined)
      })
      // Early for the first who is killed, late for the last.
      await wait((usual * (turn + Math.random())) / kills)
      await victim.kill()
      const answers = await Promise.all(refreshing)
      await cluster.replace(turn)
      const outcomes = await Promise.all(
        sessions.map((session, n) => comeBack(cluster, turn + 1 + (n % 3), session, answers[n]?.pair)),
      )
      for (const outcome of outcomes) found[outcome] += 1
      expect(reusedIn(await cluster.newEvents())).toBe(0)
      // With the successor used, the token from before the kill is not live beside it.
      await dead(sessions.map(({ refresh }) => refresh))
    }

    test('a server of the store that was told nothing yet: a refresh goes on', { timeout: patience }, async () => {
      const sessions = await Promise.all([0, 1, 2, 3].map((n) => cluster.at(n).logIn(cluster.newSubject())))
      await cluster.newEvents()
      await backend.forget()
      for (const [n, { refresh }] of sessions.entries()) {
        const answer = await untilServed(() => cluster.at(n).refresh(refresh))
        expect(answer).toMatchObject({ status: 200 })
      }
      expect(reusedIn(await cluster.newEvents())).toBe(0)
    })

    test('a family needs as much room after 100 refreshes as after one', { timeout: patience }, async () => {
      let tokens = await cluster.at(0).logIn(cluster.newSubject())
      const session = sidOf(tokens)
      const sizes = [await backend.bytesWith(session)]
      for (let n = 1; n <= 100; n++) {
        tokens = (await cluster.at(n).refresh(tokens.refresh)).pair ?? expect.fail('refused')
        if (n === 1 || n === 100) sizes.push(await backend.bytesWith(session))
      }
      const [started = 0, once = 0, often = 0] = sizes
      report('bytes of a family', `${started} at first, ${once} after a refresh, ${often} after 100`)
      expect(started).toBeGreaterThan(0)
      expect(often).toBeLessThanOrEqual(once + 16)
    })

    test('a dump shows no refresh token and no private key', { timeout: patience }, async () => {
      // With a keyring of its own in it, for that is where private keys would be.
      await withStore(backend.url(), async (store) => {
        const keyEncryptionKeys = [crypto.getRandomValues(new Uint8Array(32))]
        const keyring = await createStoredKeyring({ store, keyEncryptionKeys })
        await keyring.rotate()
      })
      const dump = await backend.dump()
      const families = new Set([...issued].map((token) => token.split('.')[0]))
      expect(dump.length).toBeGreaterThan(10_000)
      expect(issued.size).toBeGreaterThan(100)
      expect(tokensIn(dump, issued, (part) => families.has(part))).toEqual([])
      expect(privateKeysIn(dump)).toEqual([])
      report('a dump', `${dump.length} characters show none of ${issued.size} refresh tokens and no private key`)
    })

    test('the data are gone: everybody logs in again, and nobody is called a thief', {
      timeout: patience,
    }, async () => {
      const sessions = await Promise.all([0, 1, 2, 3].map((n) => cluster.at(n).logIn(cluster.newSubject())))
      await backend.empty()
      await cluster.newEvents()
      await dead(sessions.map(({ refresh }) => refresh))
      for (const [n, { access }] of sessions.entries()) {
        expect(await cluster.at(n).me(access)).toMatchObject({ status: 200 })
      }
      const anew = await cluster.at(0).logIn(cluster.newSubject())
      expect(await cluster.at(1).refresh(anew.refresh)).toMatchObject({ status: 200 })
      expect(reusedIn(await cluster.newEvents())).toBe(0)
    })

    test('no process had anything to complain of', () => {
      expect(cluster.processes.map(({ complaints }) => complaints)).toEqual(['', '', '', ''])
    })
  })
})

function timeOf({ milliseconds }: Answer): number {
  return milliseconds
}

/** Refreshes until it is refused, each time at another process; remembers each token that it was given. */
async function refreshOnAndOn(cluster: Cluster, n: number, refresh: string, given: Set<string>): Promise<void> {
  let live = refresh
  for (let time = n; ; time++) {
    const answer = await cluster.at(time).refresh(live)
    expect(['200', '401 refresh_rejected']).toContain(tally([answer]).slice(4))
    if (answer.pair === undefined) return
    given.add(answer.pair.refresh)
    live = answer.pair.refresh
  }
}

/** What became of a session whose process was killed; its client comes back with what it has. */
async function comeBack(
  cluster: Cluster,
  n: number,
  { refresh }: Pair,
  answered: Pair | undefined,
): Promise<'answered' | 'rotated' | 'loggedOut'> {
  // Whether it has the answer or not, the old token leads to the one successor.
  const again = await cluster.at(n).refresh(refresh)
  expect([200, 401], tally([again])).toContain(again.status)
  if (again.pair === undefined) {
    expect(answered, 'an answered rotation was lost').toBeUndefined()
    return 'loggedOut'
  }
  if (answered !== undefined) expect(again.pair.refresh).toBe(answered.refresh)
  expect(await cluster.at(n + 1).refresh(again.pair.refresh)).toMatchObject({ status: 200 })
  return answered === undefined ? 'rotated' : 'answered'
}

/** Asks until the answer is no 503. */
async function untilServed(ask: () => Promise<Answer>): Promise<Answer> {
  const deadline = performance.now() + 20_000
  for (;;) {
    const answer = await ask()
    if (answer.status !== 503 || performance.now() > deadline) return answer
    await wait(50)
  }
}
