import { createVerifier } from '@latchkey/core'
import { createRequirement, type RequestView } from '@latchkey/core/adapter'
import { type Candidate, interleave } from './measure.js'
import { type Section, timed } from './section.js'
import { audience, type BenchKey, createBenchKey, freshlyCut, issuer, signBenchToken } from './tokens.js'

/** How many tokens take turns. */
const users = 100

/** A remembered token that is good, revoked, or of which nobody can say: refusing must not cost more than accepting. */
export async function remembered(rounds: number): Promise<Section[]> {
  const key = createBenchKey('RS256')
  const answers = { good: false, revoked: true, unsure: 'unsure' } as const
  const candidates = Object.entries(answers).map(([name, answer]) => asking(name, key, answer))
  const series = await interleave(candidates, { rounds, most: 2000 })
  return [timed('remembered', 'A guard: a remembered token, by what isRevoked says (RS256)', series, 'good')]
}

function asking(name: string, key: BenchKey, answer: boolean | 'unsure'): Candidate {
  let now: boolean | 'unsure' = false
  const verifier = createVerifier({ issuer, audience, jwks: { keys: [key.jwk] }, isRevoked: () => now })
  const requirement = createRequirement(true, {})
  const tokens = Array.from({ length: users }, () => signBenchToken(key))
  for (const token of tokens) void verifier.verify(token)
  now = answer
  let views: RequestView[] = []
  return {
    name,
    prepare: (calls) => {
      views = Array.from({ length: calls }, (_, index) => viewOf(tokens[index % users] ?? ''))
    },
    run: () => {
      for (const view of views) void verifier.authenticate(view, requirement)
    },
  }
}

function viewOf(token: string): RequestView {
  const value = freshlyCut(`Bearer ${token}`)
  return { method: 'GET', header: (name) => (name === 'authorization' ? value : undefined), url: () => issuer }
}
