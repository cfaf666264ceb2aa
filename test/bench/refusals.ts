import { createVerifier, type Verifier } from '@latchkey/core'
import { type Candidate, interleave } from './measure.js'
import { type Section, timed } from './section.js'
import { audience, createBenchKey, issuer, signBenchToken } from './tokens.js'

const requirement = { required: true, scope: [] }

/** Refusing against accepting: what a guard spends on a bad request, set beside a good first-seen token. */
export async function refusals(rounds: number): Promise<Section[]> {
  const key = createBenchKey('RS256')
  const past = Math.floor(Date.now() / 1000) - 3600
  const good = signBenchToken(key)
  // With a good token's signature, because that of another key can be too large a number, which costs next to nothing.
  const forged = signBenchToken(key, { sub: 'admin' }).split('.', 2).concat(good.split('.').slice(2)).join('.')
  const cases: [string, string | undefined][] = [
    ['good, first-seen', `Bearer ${good}`],
    ['forged', `Bearer ${forged}`],
    ['expired', `Bearer ${signBenchToken(key, { exp: past })}`],
    ['malformed', `Bearer ${good}=`],
    ['malformed, 8 KiB', `Bearer ${'A'.repeat(4096)}.${'B'.repeat(4000)}.+`],
    ['unknown kid', `Bearer ${signBenchToken({ ...key, kid: 'other' })}`],
    ['unknown issuer', `Bearer ${signBenchToken(key, { iss: 'https://other.example' })}`],
    ['none', undefined],
  ]
  const { authenticate } = createVerifier({ issuer, audience, jwks: { keys: [key.jwk] }, tokenCache: false })
  const candidates = cases.map(([name, value]) => authenticating(name, authenticate, value))
  const series = await interleave(candidates, { rounds, most: 500 })
  return [timed('refusals', 'A guard: refusing against accepting (RS256)', series, 'good, first-seen')]
}

function authenticating(name: string, authenticate: Verifier['authenticate'], value: string | undefined): Candidate {
  let views: Parameters<typeof authenticate>[0][] = []
  return {
    name,
    prepare: (calls) => {
      views = Array.from({ length: calls }, () => {
        const fresh = value === undefined ? undefined : Buffer.from(value, 'latin1').toString('latin1')
        return { method: 'GET', header: (field) => (field === 'authorization' ? fresh : undefined), url: () => '' }
      })
    },
    run: () => {
      for (const view of views) {
        const decision = authenticate(view, requirement)
        if (decision instanceof Promise) throw new Error('Nothing here has to wait.')
      }
    },
  }
}
