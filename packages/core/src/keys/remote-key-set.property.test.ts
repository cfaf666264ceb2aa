import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ecKey, findKey, keysResponse, ScriptedEndpoint, settle } from '../../test/scripted-endpoint.js'
import { AuthError } from '../auth-error.js'
import type { Jwk } from './jwk.js'
import type { KeySet } from './key-set.js'
import type { VerificationKey } from './verification-key.js'

// Random schedules of requests, clock steps, rotations and faults, held against an oracle that knows only the promises:
// what the last good answer held, how old it is, how the last fetch ended, and when a fetch may be made.

const freshLimit = 600
const staleLimit = 14_400
const cooldown = 5

const faults = ['none', 'none', 'down', 'busy', 'html', 'private', 'empty', 'broken', 'hang'] as const
type Fault = (typeof faults)[number]

const kid = fc.constantFrom('a', 'b', 'c')
const published = fc.uniqueArray(fc.tuple(kid, fc.nat(4)), { minLength: 1, maxLength: 3, selector: ([name]) => name })
const seconds = fc.oneof(
  fc.constantFrom(0, 0.25, 1, 5, 30, 60, 480, 600),
  fc.double({ min: 0, max: 700, noNaN: true }),
  fc.double({ min: 0, max: 15_000, noNaN: true }),
)
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('request'), kid }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('stranger'), count: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('wait'), seconds }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('step back'), seconds }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('rotate'), published, maxAge: fc.constantFrom(null, 0, 60, 300) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fault'), fault: fc.constantFrom(...faults) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refresh') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget'), kid }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

interface Remembered {
  readonly key: VerificationKey
  readonly id: string
  withdrawn: boolean
}

class World {
  readonly endpoint = new ScriptedEndpoint()
  readonly keySet: KeySet
  readonly pending: Promise<unknown>[] = []
  readonly #remembered: Remembered[] = []
  readonly #forgotten = new Set<string>()
  readonly #rejectedAt = new Map<string, number>()
  #wall: number
  #passed = 0
  #lost = 0
  #published: readonly (readonly [string, number])[] = [['a', 0]]
  #maxAge: number | null = null
  #fault: Fault = 'none'
  #cause: 'request' | 'stranger' | 'refresh' = 'request'
  #underWay = 0
  #release: (() => void) | undefined
  #good: { ids: ReadonlySet<string>; passed: number; aged: number; life: number } | undefined
  #lastFailed = false
  #notBefore = Number.NEGATIVE_INFINITY
  #allowanceFullAt = Number.NEGATIVE_INFINITY
  #strangers = 0
  /** Fetches that broke the budget: kept, since what a `fetch` throws is only a broken network to the key set. */
  readonly #excess: string[] = []

  constructor(randoms: readonly number[]) {
    let drawn = 0
    this.#wall = this.endpoint.now
    this.endpoint.respond = () => this.#respond()
    this.keySet = this.endpoint.keySet({
      clock: () => this.#read(),
      random: () => randoms[drawn++ % randoms.length] ?? 0,
      timeout: 60,
      cooldown,
      freshFor: freshLimit,
      staleFor: staleLimit,
    })
  }

  async take(next: Step): Promise<void> {
    this.keySet.snapshot()
    if (next.do === 'wait') this.endpoint.now += next.seconds
    if (next.do === 'step back') this.endpoint.now -= next.seconds
    if (next.do === 'fault') this.#setFault(next.fault)
    if (next.do === 'rotate') {
      this.#published = next.published
      this.#maxAge = next.maxAge
    }
    this.keySet.snapshot()
    if (next.do === 'request') await this.#request(next.kid, 'request')
    if (next.do === 'stranger') {
      for (let n = 0; n < next.count; n += 1) await this.#request(`stranger ${++this.#strangers}`, 'stranger')
    }
    if (next.do === 'refresh') await this.#refresh()
    if (next.do === 'forget') this.#forget(next.kid)
    await settle()
    await this.#checkRemembered()
    expect(this.#excess).toEqual([])
  }

  async end(): Promise<void> {
    this.#setFault('none')
    await settle()
    for (const found of await Promise.all(this.pending)) expect(found).toBeDefined()
  }

  /** The clock as the key set sees it: the oracle counts the same readings. */
  #read(): number {
    const moved = this.endpoint.now - this.#wall
    if (moved < 0) this.#lost -= moved
    else this.#passed += moved
    this.#wall = this.endpoint.now
    return this.#wall
  }

  get #isHeld(): boolean {
    return this.#good !== undefined && this.#passed < this.#good.passed + staleLimit
  }

  #idUnder(name: string): string | undefined {
    return [...(this.#good?.ids ?? [])].find((id) => id.startsWith(`${name} `))
  }

  /** Never refuses a known key within its limit, never accepts one past it, never answers an outage with a 401. */
  async #request(name: string, cause: 'request' | 'stranger'): Promise<void> {
    // A request for a kid that is published but not yet held draws on the allowance like a stranger's.
    this.#cause = this.#idUnder(name) === undefined ? 'stranger' : cause
    const expected = this.#isHeld ? this.#idUnder(name) : undefined
    const answer = findKey(this.keySet, name, 'ES256')
    if (expected !== undefined) {
      if (answer instanceof Promise || answer instanceof AuthError)
        throw new Error('a known key was refused or waited for')
      expect(idOf(answer)).toBe(expected)
      this.#remember(answer)
      return
    }
    // What is answered at once stands on what is known now, whatever a fetch in the background brings a moment later.
    if (!(answer instanceof Promise)) {
      this.#check(name, answer)
      await settle()
      return
    }
    await settle()
    if (this.#release !== undefined) this.pending.push(answer.then((late) => this.#noteLate(name, late)))
    else this.#check(name, await answer)
  }

  /** A fetch that hung has come in: the kid it was made for is a miss from then on. */
  #noteLate(name: string, found: VerificationKey | AuthError): VerificationKey | AuthError {
    if (found instanceof AuthError && found.code === 'token_rejected') this.#rejectedAt.set(name, this.#passed)
    return found
  }

  #check(name: string, found: VerificationKey | AuthError): void {
    if (!(found instanceof AuthError)) {
      expect(this.#idUnder(name)).toBe(idOf(found))
      this.#remember(found)
    } else if (found.code === 'keys_unavailable') {
      expect(this.#lastFailed).toBe(true)
    } else {
      expect(found).toMatchObject({ code: 'token_rejected', reason: 'key_not_found' })
      expect(this.#idUnder(name)).toBeUndefined()
      const missedAt = this.#rejectedAt.get(name) ?? Number.NEGATIVE_INFINITY
      if (this.#passed >= missedAt + 30) expect(this.#lastFailed).toBe(false)
      if (!this.#lastFailed) this.#rejectedAt.set(name, this.#passed)
    }
  }

  async #refresh(): Promise<void> {
    this.#cause = 'refresh'
    const done = this.keySet.refresh().then(
      () => 'refreshed',
      (error: unknown) => error,
    )
    await settle()
    if (this.#release !== undefined) this.pending.push(done)
    else if (this.#lastFailed) expect(await done).toMatchObject({ code: 'keys_unavailable' })
    else expect(await done).toBe('refreshed')
  }

  #forget(name: string): void {
    const id = this.#idUnder(name)
    if (id === undefined || this.#good === undefined) return
    this.keySet.forget(name)
    this.#forgotten.add(materialIn(id))
    this.#hold(new Set([...this.#good.ids].filter((each) => materialIn(each) !== materialIn(id))))
  }

  /** Keys found earlier are trusted exactly as long as each later set has had them and the last is not too old. */
  async #checkRemembered(): Promise<void> {
    this.#cause = 'request'
    for (const { key, withdrawn } of this.#remembered) {
      expect(this.keySet.trusts(key)).toBe(this.#isHeld && !withdrawn)
    }
    // All that is due and may be fetched has been, now that a request has come by: no key outlives its freshness unseen.
    const due = this.#good !== undefined && this.#passed + this.#lost >= this.#good.aged + this.#good.life
    await settle()
    if (due && this.#isHeld && this.#remembered.length > 0 && this.#release === undefined && !this.#lastFailed) {
      expect(this.#passed + this.#lost).toBeLessThan((this.#good?.aged ?? 0) + (this.#good?.life ?? 0))
    }
  }

  #remember(key: VerificationKey): void {
    if (!this.#remembered.some((each) => each.key === key)) {
      this.#remembered.push({ key, id: idOf(key), withdrawn: false })
    }
  }

  #hold(ids: ReadonlySet<string>): void {
    if (this.#good !== undefined) this.#good = { ...this.#good, ids }
    for (const each of this.#remembered) each.withdrawn ||= !ids.has(each.id)
  }

  #setFault(fault: Fault): void {
    this.#fault = fault
    if (fault === 'hang') return
    this.#release?.()
    this.#release = undefined
  }

  async #respond(): Promise<Response> {
    this.#noteExcess()
    const [passed, aged] = [this.#passed, this.#passed + this.#lost]
    this.#underWay += 1
    if (this.#fault === 'hang') {
      await new Promise<void>((resolve) => {
        this.#release = resolve
      })
    }
    this.#underWay -= 1
    if (this.#fault === 'none') return this.#answerWell(passed, aged)
    this.#lastFailed = true
    this.#notBefore = this.#passed + (this.#fault === 'busy' ? 40 : 0.25)
    return failWith(this.#fault)
  }

  #answerWell(passed: number, aged: number): Response {
    const ids = this.#published
      .map(([name, index]) => idOf(ecKey(name, index)))
      .filter((id) => !this.#forgotten.has(materialIn(id)))
    const life = Math.max(60, Math.min(freshLimit, this.#maxAge ?? freshLimit))
    this.#good = { ids: new Set(), passed, aged, life }
    this.#lastFailed = false
    this.#hold(new Set(ids))
    const headers: Record<string, string> = this.#maxAge === null ? {} : { 'cache-control': `max-age=${this.#maxAge}` }
    return keysResponse(
      this.#published.map(([name, index]) => ecKey(name, index)),
      headers,
    )
  }

  /** One fetch at a time; none within the back-off; before a refresh is due only for a stranger, within the allowance. */
  #noteExcess(): void {
    if (this.#underWay > 0) this.#excess.push('a second fetch beside the one under way')
    if (this.#cause === 'refresh') return
    if (this.#lastFailed && this.#passed < this.#notBefore - 1e-6) this.#excess.push('a fetch within the back-off')
    const good = this.#good
    if (good === undefined || !this.#isHeld || this.#passed + this.#lost >= good.aged + good.life * 0.72 - 1e-6) return
    if (this.#cause !== 'stranger') this.#excess.push('a fetch that was not due')
    this.#allowanceFullAt = Math.max(this.#allowanceFullAt, this.#passed) + cooldown
    if (this.#allowanceFullAt - this.#passed > 2 * cooldown + 1e-3) this.#excess.push('a fetch beyond the allowance')
  }
}

function failWith(fault: Exclude<Fault, 'none'>): Response {
  if (fault === 'broken') throw new TypeError('fetch failed')
  if (fault === 'busy') return new Response('later', { status: 429, headers: { 'retry-after': '40' } })
  if (fault === 'html') return new Response('<html>')
  if (fault === 'private') return keysResponse([ecKey('a'), ecKey('b', 1, { d: 'AAAA' })])
  if (fault === 'empty') return keysResponse([])
  return new Response('down', { status: 503 })
}

/** The key itself, without its name. */
function materialIn(id: string): string {
  return id.slice(id.indexOf(' '))
}

function idOf(key: VerificationKey | Jwk): string {
  const { x } = (key['jwk'] ?? key) as Jwk
  return `${key['kid']} ${x}`
}

test('no schedule makes it trust a withdrawn key, refuse a known one, or ask too often', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 10 }),
      async (steps, randoms) => {
        const world = new World(randoms)
        for (const next of steps) await world.take(next)
        await world.end()
      },
    ),
    { numRuns: 250 },
  )
}, 60_000)
