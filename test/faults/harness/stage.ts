import { createVerifier, type KeySetOptions, type Verifier } from '@latchkey/core'
import { createManualClock, createTestIssuer, type ManualClock, type TestIssuer } from '@latchkey/testing'
import { expect, onTestFinished } from 'vitest'
import { type Answer, type Apps, serveApps } from './apps.js'
import { Watch } from './watch.js'

/** What a stage can be told. */
export interface StageOptions {
  readonly keySet?: KeySetOptions | ((issuer: TestIssuer) => KeySetOptions)
  /** Default: always the middle, so that a set is refreshed after 80 % of its freshness to the second. */
  readonly random?: () => number
  /** The Cache-Control field of the key set. */
  readonly cacheControl?: string
  /** Whether the issuer refuses connections from the beginning. */
  readonly down?: boolean
}

/** An issuer on a real port, three apps on real ports, and a clock that moves when told. Ends with the test. */
export interface Stage {
  readonly clock: ManualClock
  readonly issuer: TestIssuer
  readonly verifier: Verifier
  readonly watch: Watch
  readonly apps: Apps
  /** A token that no outage outlives. */
  lasting(claims?: Readonly<Record<string, unknown>>): string
}

/** Sets up a stage for one test. */
export async function setStage(options: StageOptions = {}): Promise<Stage> {
  const { keySet = {}, random = () => 0.5, cacheControl, down = false } = options
  const clock = createManualClock()
  const issuer = await createTestIssuer({ clock, ...(cacheControl === undefined ? {} : { cacheControl }) }).listen()
  onTestFinished(() => issuer.close())
  if (down) await issuer.close()
  const watch = new Watch()
  const { url, audience } = issuer
  const { fetch, onEvent } = watch
  // A busy machine is no fault of the issuer's: nothing runs out of time but where a test says so.
  const settings = { timeout: 20, ...(typeof keySet === 'function' ? keySet(issuer) : keySet) }
  const verifier = createVerifier({ issuer: url, audience, clock, fetch, onEvent, keySet: settings, random })
  const apps = await serveApps(verifier)
  onTestFinished(() => apps.close())
  return { clock, issuer, verifier, watch, apps, lasting: (claims = {}) => issuer.token({ claims, expiresIn: 1e9 }) }
}

/** Everybody was let in. */
export function expectAccepted(answers: readonly Answer[]): void {
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
}

/** Everybody was refused as a token is that no key vouches for. */
export function expectRejected(answers: readonly Answer[]): void {
  for (const answer of answers) expect(answer).toMatchObject({ status: 401, code: 'token_rejected' })
}

/**
 * Everybody got a 503 that says when to come back, and no challenge: nobody was signed out.
 *
 * @returns the longest Retry-After, in seconds
 */
export function expectUnavailable(answers: readonly Answer[]): number {
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 503, code: 'keys_unavailable', challenge: undefined })
    expect(Number.isInteger(answer.retryAfter)).toBe(true)
    expect(answer.retryAfter).toBeGreaterThanOrEqual(1)
  }
  return Math.max(...answers.map(({ retryAfter = 0 }) => retryAfter))
}

/**
 * Comes back when told to until it is let in. More than once only where a machine is too busy for the time limit that the
 * test has set.
 *
 * @returns the seconds that the clock was moved by
 */
export async function returnUntilAccepted({ apps, clock, watch }: Stage, token: string, wait = 30): Promise<number> {
  let waited = 0
  for (let round = 0, next = wait; round < 20; round += 1) {
    clock.advance(next)
    waited += next
    const answers = await apps.ask(token)
    await watch.idle()
    if (answers.every(({ status }) => status === 200)) break
    next = expectUnavailable(answers.filter(({ status }) => status !== 200))
  }
  expectAccepted(await apps.ask(token))
  return waited
}

/** Prints what a fault test has measured. */
export function report(fault: string, figure: string): void {
  console.log(`${fault}: ${figure}`)
}
