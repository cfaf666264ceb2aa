import { type Fault, faults } from '@latchkey/testing'
import { describe, expect, it } from 'vitest'
import type { Answer } from './harness/apps.js'
import { expectUnavailable, report, setStage } from './harness/stage.js'

const tenMinutes = 600

/** Numbers from 0 to 1 that look random, the same each time. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

/**
 * What the back-off permits while one request a second comes and every attempt fails: full jitter under a ceiling that
 * doubles from 0.25 s to 30 s, and what the server has asked for at least.
 */
function permittedAttempts(random: () => number, retryAfter: number): number {
  let [attempts, next] = [0, 0]
  for (let second = 0; second < tenMinutes; second += 1) {
    if (second < next) continue
    next = second + Math.max(0.25, retryAfter, random() * Math.min(30, 0.25 * 2 ** attempts))
    attempts += 1
  }
  return attempts
}

const overloads: readonly (readonly [name: string, fault: () => Fault, retryAfter: number])[] = [
  ['503', () => faults.status(503), 0],
  ['429 with Retry-After 120', () => faults.tooManyRequests(120), 120],
  ['500 with Retry-After 45', () => faults.status(500, { retryAfter: 45 }), 45],
]

const jitters: readonly (readonly [name: string, random: () => () => number])[] = [
  ['always little', () => () => 0.2],
  ['always the middle', () => () => 0.5],
  ['always the most', () => () => 1],
  ['at random', () => numbers(7)],
]

describe.each(overloads)(
  'the key endpoint answers %s for ten minutes, and a request comes each second',
  (name, fault, retryAfter) => {
    it('known kids are served, and attempts stay within the back-off', async () => {
      const figures = []
      for (const [draws, random] of jitters) {
        let draw = (): number => 0.5
        const { clock, issuer, lasting, verifier, watch } = await setStage({ random: () => draw() })
        await verifier.ready()
        const token = lasting()
        await verifier.verify(token)
        issuer.fail(fault())
        clock.advance(tenMinutes)
        draw = random()
        for (let second = 0; second < tenMinutes; second += 1) {
          await verifier.verify(token)
          await watch.idle()
          clock.advance(1)
        }
        const attempts = watch.fetches - 1
        expect(attempts).toBe(permittedAttempts(random(), retryAfter))
        expect(watch.log.ofType('denied')).toHaveLength(0)
        figures.push(`${attempts} (${draws})`)
        const times = issuer.jwksEndpoint.requests.concat(issuer.metadataEndpoint.requests).map(({ at }) => at)
        const failures = times.sort((a, b) => a - b).slice(2)
        const gaps = failures.slice(1).map((at, index) => at - (failures[index] ?? 0))
        expect(Math.min(...gaps)).toBeGreaterThanOrEqual(retryAfter)
      }
      report(
        `${name} for ten minutes`,
        `attempts ${figures.join(', ')}, as many as the back-off permits; 600 × 200 each`,
      )
    })
  },
)

it('without keys the three apps pass on how long to wait, and asking each second does not help', async () => {
  const { apps, clock, issuer, lasting, watch } = await setStage()
  issuer.fail(faults.tooManyRequests(120))
  const token = lasting()
  const answers: Answer[] = [...(await apps.ask(token))]
  expect(expectUnavailable(answers)).toBe(120)
  for (let second = 1; second < 120; second += 1) {
    clock.advance(1)
    const answer = await apps.askNext(token)
    expect(expectUnavailable([answer])).toBe(120 - second)
    answers.push(answer)
  }
  expect(watch.fetches).toBe(1)
  issuer.recover()
  clock.advance(1)
  expect(await apps.askNext(token)).toMatchObject({ status: 200 })
  report(
    '429 with Retry-After 120, no keys',
    `${answers.length} × 503 counting down from 120, 1 attempt; 200 at second 120`,
  )
})

it('a Retry-After that is a date is honoured too', async () => {
  const { apps, clock, issuer, lasting, watch } = await setStage()
  issuer.fail(faults.status(503, { retryAfter: new Date((clock() + 90) * 1000).toUTCString() }))
  expect(expectUnavailable(await apps.ask(lasting()))).toBe(90)
  clock.advance(89)
  expectUnavailable(await apps.ask(lasting()))
  expect(watch.fetches).toBe(1)
  clock.advance(1)
  expectUnavailable(await apps.ask(lasting()))
  expect(watch.fetches).toBe(2)
  report('503 with a date as Retry-After', 'next attempt after 90 s, not after 89')
})
