import { type AuthError, createVerifier, type FindIssuer, type Verifier } from '@latchkey/core'
import { expect, it } from 'vitest'
import { collectGarbage } from '../collect-garbage.js'
import { audience, clock, createIssuer, encode, goodClaims } from './harness/issuer.js'

// Whoever can send a request can name an issuer: nothing has to be signed for that. Each new name is a question to the app's own
// function, so a flood of made-up ones is sent to make it work, to fill the memory, or to push good tenants out of it.

const tenant = createIssuer()
const tenantOptions = { audience, jwks: tenant.jwks() }
const flood = 100_000

/** As long as a name may be. */
const madeUp = (number: number) => `https://${String(number).padStart(504, 'x')}`
const tokenOf = (iss: string) => `${encode({ alg: 'RS256' })}.${encode(goodClaims(tenant, { iss }))}.c2ln`

function heapUsed(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

async function codeOf(verifier: Verifier, token: string): Promise<string> {
  try {
    await verifier.verify(token)
    return 'accepted'
  } catch (error) {
    return (error as AuthError).code
  }
}

it('the answers that are kept are bounded, and no tenant is pushed out', { timeout: 60_000 }, async () => {
  let questions: string[] = []
  const find: FindIssuer = (iss) => {
    questions.push(iss)
    return iss === tenant.url ? tenantOptions : null
  }
  const verifier = createVerifier({ issuers: find, clock })
  expect(await codeOf(verifier, tenant.token())).toBe('accepted')
  questions = []
  const before = heapUsed()
  let rejected = 0
  for (let number = 0; number < flood; number++) {
    if ((await codeOf(verifier, tokenOf(madeUp(number)))) === 'token_rejected') rejected++
    questions = []
  }
  expect(rejected).toBe(flood)
  // 10,000 names of 512 characters, not 100,000.
  expect(heapUsed() - before).toBeLessThan(20 * 1024 * 1024)
  // Neither the tenant nor a name of late is asked for again.
  expect(await codeOf(verifier, tenant.token({ claims: { sub: 'bob' } }))).toBe('accepted')
  expect(await codeOf(verifier, tokenOf(madeUp(flood - 1)))).toBe('token_rejected')
  expect(questions).toEqual([])
})

it('at most 64 questions are open at a time, one for a name', async () => {
  let open = 0
  let most = 0
  let asked = 0
  const waiting: (() => void)[] = []
  const find: FindIssuer = async (iss) => {
    if (iss === tenant.url) return tenantOptions
    asked++
    most = Math.max(most, ++open)
    await new Promise<void>((resolve) => waiting.push(resolve))
    open--
    return null
  }
  const verifier = createVerifier({ issuers: find, clock })
  expect(await codeOf(verifier, tenant.token())).toBe('accepted')
  const names = Array.from({ length: 1_000 }, (_, number) => madeUp(number))
  const answers = Promise.all([...names, ...names].map((name) => codeOf(verifier, tokenOf(name))))
  // The tenant does not wait behind them.
  expect(await codeOf(verifier, tenant.token({ claims: { sub: 'bob' } }))).toBe('accepted')
  const answering = setInterval(() => {
    for (const answer of waiting.splice(0)) answer()
  }, 1)
  expect(new Set(await answers)).toEqual(new Set(['token_rejected']))
  clearInterval(answering)
  expect([most, asked]).toEqual([64, 1_000])
})
