import { setTimeout as wait } from 'node:timers/promises'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../servers/needs.js'
import { type Backend, backends } from './harness/backend.js'
import { Cluster } from './harness/cluster.js'
import { Partition } from './harness/partition.js'
import { type Answer, type Pair, Process, spread, tally } from './harness/process.js'

const patience = 120_000

/** A verb has its answer by then, in milliseconds, whatever ails the store. */
const promised = 5000

describe.each(backends)('when $name fails', ({ name, missing, start }) => {
  const report = (what: string, figures: string): void => console.log(`${name}: ${what}: ${figures}`)

  describe('sessions', needs(missing), () => {
    let backend: Backend
    let cluster: Cluster
    beforeAll(async () => {
      backend = await start()
      cluster = await Cluster.start(backend.url(), 2)
    }, patience)
    afterAll(async () => {
      await cluster?.stop()
      await backend?.stop()
    }, patience)

    test('it stands still and goes on', { timeout: patience }, () =>
      outage(
        'frozen',
        () => backend.freeze(),
        () => backend.thaw(),
      ),
    )

    test('it is killed and started again', { timeout: patience }, () =>
      outage(
        'killed',
        () => backend.kill(),
        () => backend.restart(),
      ),
    )

    /** Browsers refresh all the while; nobody of them may be signed out by it. */
    async function outage(how: string, begin: () => Promise<void>, finish: () => Promise<void>): Promise<void> {
      const logIns = Array.from({ length: 24 }, (_, n) => cluster.at(n).logIn(cluster.newSubject()))
      const browsers = new Browsers(cluster, await Promise.all(logIns))
      try {
        const bystander = await cluster.at(0).logIn(cluster.newSubject())
        // What is asked to end may do so late, when the store goes on.
        const leaving = await cluster.at(0).logIn(cluster.newSubject())
        await cluster.newEvents()
        await begin()
        await whileDown(how, bystander, leaving)
        await finish()
        await afterwards(how, bystander)
      } finally {
        await browsers.close()
      }
      expect(browsers.signedOut).toEqual([])
      for (const process of cluster.processes) {
        const types = (await process.newEvents()).map(({ type }) => type)
        const faults = types.filter((type) => !['denied', 'session_refreshed', 'session_ended'].includes(type))
        expect(faults).toEqual(['store_unavailable', 'store_restored'])
        expect(process.complaints).toBe('')
      }
    }

    async function whileDown(how: string, { access, refresh }: Pair, leaving: Pair): Promise<void> {
      const verbs: readonly ((process: Process) => Promise<Answer>)[] = [
        (process) => process.start('somebody'),
        (process) => process.refresh(refresh),
        (process) => process.end(leaving.refresh),
        (process) => process.endAll(leaving.access),
      ]
      const down = await Promise.all(verbs.flatMap((verb) => cluster.processes.map(verb)))
      expect(tally(down)).toBe('8 × 503 store_unavailable')
      for (const { retryAfter, milliseconds } of down) {
        expect(retryAfter).toMatch(/^[1-9]\d*$/)
        expect(milliseconds).toBeLessThan(promised)
      }
      const guarded = await cluster.atOnce(20, (process) => process.me(access))
      expect(tally(guarded)).toBe('20 × 200')
      const longest = Math.max(...down.map(timeOf))
      report(how, `503 after ${Math.round(longest)} ms at most; guards: ${spread(guarded.map(timeOf))}`)
    }

    async function afterwards(how: string, { refresh }: Pair): Promise<void> {
      const since = performance.now()
      const back = await Promise.all(cluster.processes.map((process) => untilServed(() => process.refresh(refresh))))
      expect(tally(back)).toBe('2 × 200')
      report(`${how}, and back`, `served again after ${Math.round(performance.now() - since)} ms`)
      // The browsers find out too.
      await wait(300)
    }
  })

  describe('immediate revocation', needs(missing), () => {
    let backend: Backend
    let near: Process
    let far: Process
    let network: Partition
    beforeAll(async () => {
      backend = await start()
      network = await Partition.before(backend.port)
      const urls = [backend.url(), backend.url(network.port)] as const
      const [one, two] = await Promise.all([
        Process.start('fastify', urls[0], 'immediate'),
        Process.start('hono', urls[1], 'immediate'),
      ])
      near = one
      far = two
    }, patience)
    afterAll(async () => {
      await Promise.all([near?.stop(), far?.stop()])
      await network?.stop()
      await backend?.stop()
    }, patience)

    test('what one process ends, another refuses within a second', { timeout: patience }, async () => {
      const delays: number[] = []
      for (let turn = 0; turn < 40; turn++) {
        const { access, refresh } = await near.logIn(`user-${turn}`)
        expect(await far.me(access)).toMatchObject({ status: 200 })
        await near.end(refresh)
        const since = performance.now()
        const answer = await until(
          () => far.me(access),
          ({ status }) => status !== 200,
        )
        delays.push(performance.now() - since)
        expect(tally([answer])).toBe('1 × 401 token_rejected')
      }
      report('revocation known to another process', spread(delays))
      expect(Math.max(...delays)).toBeLessThan(1000)
    })

    test('a process that is cut off says that it does not know, and recovers by itself', {
      timeout: patience,
    }, async () => {
      const [ended, other] = [await near.logIn('ended'), await near.logIn('other')]
      for (const { access } of [ended, other]) expect(await far.me(access)).toMatchObject({ status: 200 })
      await far.newEvents()
      network.cut()
      const since = performance.now()
      await near.end(ended.refresh)
      const unsure = await until(
        () => far.me(ended.access),
        ({ status }) => status !== 200,
      )
      report('a process that is cut off', `lets nobody in any more after ${Math.round(performance.now() - since)} ms`)
      expect(tally([unsure, await far.me(other.access)])).toBe('2 × 503 store_unavailable')
      expect(performance.now() - since).toBeLessThan(3000)
      expect(await near.me(other.access)).toMatchObject({ status: 200 })

      network.heal()
      const back = await until(
        () => far.me(other.access),
        ({ status }) => status === 200,
      )
      expect(back).toMatchObject({ status: 200 })
      expect(tally([await far.me(ended.access)])).toBe('1 × 401 token_rejected')
      const types = (await far.newEvents()).map(({ type }) => type).filter((type) => type !== 'denied')
      expect(types).toEqual(['revocation_unsure'])
    })

    test('the store is killed: no token is taken on trust; started again, all is known', {
      timeout: patience,
    }, async () => {
      const [ended, other] = [await near.logIn('ended'), await near.logIn('other')]
      await near.end(ended.refresh)
      await until(
        () => far.me(ended.access),
        ({ status }) => status === 401,
      )
      await backend.kill()
      for (const process of [near, far]) {
        const answer = await until(
          () => process.me(other.access),
          ({ status }) => status !== 200,
        )
        expect(tally([answer])).toBe('1 × 503 store_unavailable')
        // What is known to have ended stays so.
        expect(tally([await process.me(ended.access)])).toBe('1 × 401 token_rejected')
      }
      await backend.restart()
      const since = performance.now()
      for (const process of [near, far]) {
        await until(
          () => process.me(other.access),
          ({ status }) => status === 200,
        )
        expect(tally([await process.me(ended.access)])).toBe('1 × 401 token_rejected')
      }
      report('revocations known again after a restart', `${Math.round(performance.now() - since)} ms`)
      const late = await near.logIn('late')
      await near.end(late.refresh)
      const refused = await until(
        () => far.me(late.access),
        ({ status }) => status !== 200,
      )
      expect(tally([refused])).toBe('1 × 401 token_rejected')
    })
  })
})

/** Clients that refresh again and again, and repeat what was answered 503, as the README tells them to. */
class Browsers {
  #closed = false
  readonly #endings: readonly Promise<void>[]
  /** What has ended those that went no further: an answer that signs out, or none. */
  readonly signedOut: string[] = []

  constructor(cluster: Cluster, sessions: readonly Pair[]) {
    this.#endings = sessions.map(async ({ refresh }, n) => {
      await this.#browse(cluster, n, refresh).catch((error: unknown) => this.signedOut.push(inspect(error)))
    })
  }

  /** Waits until the last request of each is answered. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#endings)
  }

  async #browse(cluster: Cluster, n: number, refresh: string): Promise<void> {
    let live = refresh
    for (let time = n; !this.#closed; time++) {
      const answer = await cluster.at(time).refresh(live)
      if (answer.pair !== undefined) live = answer.pair.refresh
      else if (answer.status !== 503) throw new Error(`${tally([answer])}, after ${time - n} requests`)
      await wait(20)
    }
  }
}

function timeOf({ milliseconds }: Answer): number {
  return milliseconds
}

function untilServed(ask: () => Promise<Answer>): Promise<Answer> {
  return until(ask, ({ status }) => status !== 503)
}

/** Asks until the answer will do; gives the last one where none does for 20 seconds. */
async function until(ask: () => Promise<Answer>, isEnough: (answer: Answer) => boolean): Promise<Answer> {
  const deadline = performance.now() + 20_000
  for (;;) {
    const answer = await ask()
    if (isEnough(answer) || performance.now() > deadline) return answer
    await wait(5)
  }
}
