import { type Candidate, interleave } from './measure.js'
import { type Section, timed } from './section.js'
import { algorithms, type BenchAlgorithm, createBenchKey, freshlyCut, signBenchToken } from './tokens.js'
import { bareVerify, latchkeyVerify, peers, type Verify } from './verifiers.js'

/** Most tokens that a batch takes: each is first-seen, and RSA signs slowly. */
const pools: Record<BenchAlgorithm, number> = { HS256: 800, RS256: 300, PS256: 300, ES256: 150, EdDSA: 150 }

/** (a) A first-seen token: one verification, against the bare signature check and the other libraries. */
export async function verification(rounds: number): Promise<Section[]> {
  const sections: Section[] = []
  for (const alg of algorithms) sections.push(await compare(alg, rounds))
  return sections
}

async function compare(alg: BenchAlgorithm, rounds: number): Promise<Section> {
  const key = createBenchKey(alg)
  const tokens = Array.from({ length: pools[alg] }, () => signBenchToken(key))
  const bare = tokens.map((token) => bareVerify(key, token))
  const candidates: Candidate[] = [
    {
      name: 'node:crypto',
      run: (calls) => {
        for (let i = 0; i < calls; i++) if (bare[i]?.() !== true) throw new Error('The signature is good.')
      },
    },
    // A new verifier for each batch, so that every token is new to its cache.
    verifying('latchkey', tokens, () => {
      const verify = latchkeyVerify(key)
      verify(signBenchToken(key))
      return verify
    }),
    ...[...peers(key)].map(([name, verify]) => verifying(name, tokens, () => verify)),
  ]
  const series = await interleave(candidates, { rounds, most: tokens.length })
  return timed(`verify-${alg.toLowerCase()}`, `${alg}: one verification of a first-seen token`, series, 'node:crypto')
}

function verifying(name: string, tokens: readonly string[], make: () => Verify): Candidate {
  let verify = make()
  let fresh: string[] = []
  const first = verify(tokens[0] ?? '')
  if (first instanceof Promise) first.catch(() => {})
  const isAsync = first instanceof Promise
  return {
    name,
    prepare: (calls) => {
      verify = make()
      fresh = tokens.slice(0, calls).map(freshlyCut)
    },
    run: isAsync
      ? async () => {
          for (const token of fresh) await verify(token)
        }
      : () => {
          for (const token of fresh) verify(token)
        },
  }
}
