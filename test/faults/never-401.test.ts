import { createDrip, type Fault, faults } from '@latchkey/testing'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import type { Answer } from './harness/apps.js'
import { report, returnUntilAccepted, setStage } from './harness/stage.js'

const ailments: Readonly<Record<string, () => Fault>> = {
  down: faults.down,
  'never answering': faults.slow,
  stalled: faults.stalled,
  dripping: () => createDrip().fault,
  500: () => faults.status(500),
  404: () => faults.status(404),
  429: () => faults.tooManyRequests(60),
  html: faults.html,
  truncated: faults.truncated,
  'cut off': faults.cutOff,
  huge: faults.huge,
  redirecting: () => faults.redirect('http://127.0.0.1:9/jwks'),
  'another issuer': faults.wrongIssuer,
  'no keys': faults.emptySet,
  'too many keys': () => faults.tooManyKeys(),
  'private members': faults.privateMembers,
  'a symmetric key': faults.octMember,
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('ask'), token: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('ail'), ailment: fc.constantFrom(...Object.keys(ailments)) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('recover') }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait'), seconds: fc.constantFrom(1, 5, 31, 480, 3600, 14_400) }),
  },
)
const schedule = fc.array(step, { minLength: 8, maxLength: 20, size: 'max' })

const counts = { schedules: 0, 200: 0, 503: 0 }

function judge(answer: Answer): void {
  const { status } = answer
  if (status !== 200) {
    expect(answer).toMatchObject({ status: 503, code: 'keys_unavailable', challenge: undefined })
    expect(answer.retryAfter).toBeGreaterThanOrEqual(1)
  }
  counts[status as 200 | 503] += 1
}

afterAll(() => {
  report(
    'random outages',
    `${counts.schedules} schedules, ${counts[200]} × 200, ${counts[503]} × 503 with Retry-After, 0 × 401`,
  )
})

it('no outage is a 401: tokens of published keys get 200 or 503 with Retry-After, in every framework', {
  timeout: 90_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async (steps) => {
      counts.schedules += 1
      const stage = await setStage({ keySet: { timeout: 0.05 } })
      const { apps, clock, issuer, lasting, watch } = stage
      const tokens = Array.from({ length: 6 }, (_, index) => lasting({ jti: `${index}` }))
      for (const next of steps) {
        if (next.do === 'ail') issuer.fail(ailments[next.ailment]?.() ?? faults.down())
        if (next.do === 'recover') issuer.recover()
        if (next.do === 'wait') clock.advance(next.seconds)
        if (next.do === 'ask') for (const answer of await apps.ask(tokens[next.token] ?? '')) judge(answer)
        await watch.idle()
      }
      issuer.recover()
      await returnUntilAccepted(stage, lasting())
      await apps.close()
      await issuer.close()
    }),
    { numRuns: 20 },
  )
})
