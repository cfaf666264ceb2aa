import { type Candidate, interleave } from './measure.js'
import { type Section, timed } from './section.js'
import { createBenchKey, freshlyCut, signBenchToken } from './tokens.js'
import { fastJwtVerify, latchkeyVerify, type Verify } from './verifiers.js'

/** How many tokens are remembered: as many as the connections of a busy server. */
const users = 100

/** (b) A remembered token: the same string object again, and the same token in a string just cut from a header. */
export async function cache(rounds: number): Promise<Section[]> {
  const key = createBenchKey('RS256')
  const tokens = Array.from({ length: users }, () => signBenchToken(key))
  const verifiers: [string, Verify][] = [
    ['latchkey', latchkeyVerify(key)],
    ['fast-jwt', fastJwtVerify(key, true)],
  ]
  for (const [, verify] of verifiers) for (const token of tokens) verify(token)
  const same = verifiers.map(([name, verify]) => hitting(name, verify, (index) => tokens[index % users] ?? ''))
  const fresh = verifiers.map(([name, verify]) =>
    hitting(name, verify, (index) => freshlyCut(tokens[index % users] ?? '')),
  )
  return [
    timed(
      'cache-same-string',
      'A remembered token in a string seen before',
      await interleave(same, { rounds }),
      'latchkey',
    ),
    timed(
      'cache-fresh-string',
      'A remembered token in a fresh string',
      await interleave(fresh, { rounds, most: 2000 }),
      'latchkey',
    ),
  ]
}

function hitting(name: string, verify: Verify, at: (index: number) => string): Candidate {
  let tokens: string[] = []
  return {
    name,
    prepare: (calls) => {
      tokens = Array.from({ length: calls }, (_, index) => at(index))
    },
    run: () => {
      for (const token of tokens) verify(token)
    },
  }
}
