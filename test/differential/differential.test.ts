import { beforeAll, describe, expect, test } from 'vitest'
import { corpus } from './corpus.js'
import { explain } from './explained.js'
import { mutant } from './mutate.js'
import { Random } from './random.js'
import { type Judge, joseJudge, latchkeyJudge, onNode, type Verdict } from './verdicts.js'
import { loadWebBuild } from './web-build.js'

// 100,000 take a minute or two, and then also tell how often each explanation was needed: LATCHKEY_MUTANTS=100000.
const asked = process.env['LATCHKEY_MUTANTS']
const mutants = Number(asked ?? 3000)
const seed = Number(process.env['LATCHKEY_SEED'] ?? 20_250_701)
const patience = 20_000 + mutants * 20

let onWeb: Judge

beforeAll(async () => {
  onWeb = latchkeyJudge(await loadWebBuild())
})

/** What is wrong with how the three judge a token; undefined where they agree, or differ as the table says. */
async function faultOf(token: string, seen: Map<string, number>): Promise<string | undefined> {
  const [node, web, jose] = await Promise.all([onNode(token), onWeb(token), joseJudge(token)])
  if (show(node) !== show(web)) return `Node: ${show(node)}; Web Crypto: ${show(web)}`
  if ('claims' in node && 'claims' in jose && show(node) !== show(jose)) return `other claims than jose: ${show(jose)}`
  if ('claims' in node === 'claims' in jose) return undefined
  const explanation = explain(token, node)
  if (explanation === undefined) return `Latchkey: ${show(node)}; jose: ${show(jose)}`
  seen.set(explanation, (seen.get(explanation) ?? 0) + 1)
  return undefined
}

function show(verdict: Verdict): string {
  return 'claims' in verdict ? JSON.stringify(verdict.claims) : verdict.refused
}

describe('Node, Web Crypto and jose agree, but for what the table explains', () => {
  test('on every token of the conformance suite', { timeout: patience }, async () => {
    expect(corpus.length).toBeGreaterThan(300)
    const seen = new Map<string, number>()
    const faults: string[] = []
    for (const { name, token } of corpus) {
      const fault = await faultOf(token, seen)
      if (fault !== undefined) faults.push(`${name}: ${fault}`)
    }
    report(seen)
    expect(faults).toEqual([])
  })

  test(`on ${mutants} tokens changed at random (seed ${seed})`, { timeout: patience }, async () => {
    const random = new Random(seed)
    const seen = new Map<string, number>()
    const faults: string[] = []
    let accepted = 0
    for (let n = 0; n < mutants; n++) {
      const token = mutant(random)
      const fault = await faultOf(token, seen)
      if (fault !== undefined) faults.push(`${token}: ${fault}`)
      if ('claims' in (await onNode(token))) accepted += 1
    }
    report(seen)
    expect(faults.slice(0, 20)).toEqual([])
    // Changes that hurt nothing are among them, so that agreement is not always on a refusal.
    expect(accepted).toBeGreaterThan(mutants / 50)
    expect(accepted).toBeLessThan(mutants / 2)
  })
})

function report(seen: ReadonlyMap<string, number>): void {
  if (asked === undefined) return
  for (const [explanation, times] of [...seen].sort(([, a], [, b]) => b - a)) {
    console.log(`${String(times).padStart(6)} × ${explanation}`)
  }
}
