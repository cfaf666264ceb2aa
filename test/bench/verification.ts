import { type Candidate, interleave } from './measure.js'
import { type Section, timed } from './section.js'
import { algorithms, type BenchAlgorithm, type BenchKey, createBenchKey, freshlyCut, signBenchToken } from './tokens.js'
import { bareVerify, latchkeyVerify, peers, type Verify } from './verifiers.js'

/** The largest number of calls in a batch. */
const atOnce = 800

/** How many tokens take turns: about as many as all rounds use, so that each token is new when its turn comes. */
const pools: Record<BenchAlgorithm, number> = { HS256: 40_000, RS256: 10_000, PS256: 10_000, ES256: 6000, EdDSA: 6000 }

/** What the cache of Latchkey holds. An app that has run for a while has a full one. */
const held = 10_000

/** (a) A first-seen token: one verification, against the bare signature check and the other libraries. */
export async function verification(rounds: number): Promise<Section[]> {
  const sections: Section[] = []
  for (const alg of algorithms) sections.push(await compare(alg, rounds))
  return sections
}

async function compare(alg: BenchAlgorithm, rounds: number): Promise<Section> {
  const key = createBenchKey(alg)
  const tokens = Array.from({ length: pools[alg] }, () => signBenchToken(key))
  const bare = tokens.slice(0, atOnce).map((token) => bareVerify(key, token))
  const candidates: Candidate[] = [
    {
      name: 'node:crypto',
      run: (calls) => {
        for (let i = 0; i < calls; i++) if (bare[i]?.() !== true) throw new Error('The signature is good.')
      },
    },
    verifying('latchkey', tokens, filled(latchkeyVerify(key), key)),
    ...[...peers(key)].map(([name, verify]) => verifying(name, tokens, verify)),
  ]
  const series = await interleave(candidates, { rounds, most: atOnce })
  return timed(`verify-${alg.toLowerCase()}`, `${alg}: one verification of a first-seen token`, series, 'node:crypto')
}

function filled(verify: Verify, key: BenchKey): Verify {
  for (let i = 0; i < held; i++) verify(signBenchToken(key))
  return verify
}

function verifying(name: string, tokens: readonly string[], verify: Verify): Candidate {
  let next = 0
  let fresh: string[] = []
  const first = verify(tokens[0] ?? '')
  if (first instanceof Promise) first.catch(() => {})
  const isAsync = first instanceof Promise
  return {
    name,
    prepare: (calls) => {
      fresh = Array.from({ length: calls }, () => freshlyCut(tokens[next++ % tokens.length] ?? ''))
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
