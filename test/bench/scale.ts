import { createVerifier, type IssuerOptions, type Verifier } from '@latchkey/core'
import { type Candidate, interleave, type Series } from './measure.js'
import { compared, type Section, timed } from './section.js'
import { audience, type BenchKey, createBenchKey, freshlyCut, signBenchToken } from './tokens.js'

/** As many tokens take turns in every row, so that only what the row names grows. */
const tokensInTurn = 1000

/** (d) Whether cost grows with the number of issuers, of keys, of tokens remembered: time, and the heap. */
export async function scale(rounds: number): Promise<Section[]> {
  return [...(await overIssuers(rounds)), ...(await overKeys(rounds)), ...(await overTokens(rounds)), heapOfTokens()]
}

async function overIssuers(rounds: number): Promise<Section[]> {
  const sections: Section[] = []
  for (const alg of ['HS256', 'RS256'] as const) {
    const key = createBenchKey(alg)
    const keys = alg === 'HS256' ? { secret: key.privateKey.export() } : { jwks: { keys: [key.jwk] } }
    const worlds = [1, 10, 100, 1000].map((count) => {
      const names = Array.from({ length: count }, (_, n) => `https://id-${n}.example`)
      const issuers: IssuerOptions[] = names.map((issuer) => ({ issuer, audience, ...keys }))
      const tokens = inTurn((n) => signBenchToken(key, { iss: names[n % count] }))
      return { name: named(count, 'issuer'), issuers, tokens }
    })
    sections.push(...(await both(`issuers-${alg.toLowerCase()}`, 'issuers', worlds, rounds, alg)))
  }
  return sections
}

async function overKeys(rounds: number): Promise<Section[]> {
  const keys = Array.from({ length: 50 }, (_, n) => createBenchKey('EdDSA', `key-${n}`))
  const worlds = [1, 10, 50].map((count) => {
    const issuers = [
      { issuer: 'https://id.example', audience, jwks: { keys: keys.slice(0, count).map(({ jwk }) => jwk) } },
    ]
    const tokens = inTurn((n) => signBenchToken(keys[n % count] as BenchKey))
    return { name: named(count, 'key'), issuers, tokens }
  })
  return both('keys', 'keys of one issuer', worlds, rounds, 'EdDSA')
}

interface World {
  readonly name: string
  readonly issuers: readonly IssuerOptions[]
  readonly tokens: readonly string[]
}

/** First-seen and remembered tokens, spread evenly over whatever there are several of. */
async function both(
  id: string,
  what: string,
  worlds: readonly World[],
  rounds: number,
  alg: string,
): Promise<Section[]> {
  const first = worlds.map(({ name, issuers, tokens }) => {
    const { verify } = createVerifier({ issuers, tokenCache: false })
    return verifying(name, verify, (n) => tokens[n % tokensInTurn] ?? '')
  })
  const seen = worlds.map(({ name, issuers, tokens }) => {
    const { verify } = createVerifier({ issuers })
    for (const token of tokens) void verify(token)
    return verifying(name, verify, (n) => tokens[n % tokensInTurn] ?? '')
  })
  const reference = worlds[0]?.name ?? ''
  return [
    timed(
      `scale-${id}-first-seen`,
      `Number of ${what}: a first-seen ${alg} token`,
      await full(first, rounds),
      reference,
    ),
    timed(`scale-${id}-seen`, `Number of ${what}: a remembered ${alg} token`, await full(seen, rounds), reference),
  ]
}

/** Every batch goes once through all the tokens, so that no row has warmer memory than another. */
function full(candidates: readonly Candidate[], rounds: number): Promise<Series[]> {
  return interleave(candidates, { rounds, batch: 1000, most: tokensInTurn })
}

async function overTokens(rounds: number): Promise<Section[]> {
  const key = createBenchKey('HS256')
  const secret = key.privateKey.export()
  const many = Array.from({ length: 100_000 }, () => signBenchToken(key))
  const some = many.slice(0, tokensInTurn)
  const after = [1, 100, 10_000, 100_000].map((count) => {
    const { verify } = createVerifier({ issuer: 'https://id.example', audience, secret })
    for (const token of many.slice(0, count)) void verify(token)
    return { name: named(count, 'token'), verify }
  })
  const one = signBenchToken(key)
  const seen = after.map(({ name, verify }) => verifying(name, verify, () => one))
  // The same for all, and never the ones before, so that each is new and takes the place of another where the cache is full.
  const next = signers(key)
  const first = after.map(({ name, verify }) => verifying(name, verify, next))
  const wide = [1, 100, 1000].map((count) => {
    const { verify } = createVerifier({ issuer: 'https://id.example', audience, secret })
    for (const token of some.slice(0, count)) void verify(token)
    return verifying(`${count} in turn`, verify, (n) => some[n % count] ?? '')
  })
  return [
    timed('scale-tokens-seen', 'After so many other tokens: one remembered token', await full(seen, rounds), '1 token'),
    timed(
      'scale-tokens-first-seen',
      'After so many tokens: a first-seen HS256 token',
      await full(first, rounds),
      '1 token',
    ),
    timed('scale-tokens-in-turn', 'So many remembered tokens in turn', await full(wide, rounds), '1 in turn'),
  ]
}

function signers(key: BenchKey): () => string {
  return () => signBenchToken(key)
}

function verifying(name: string, verify: Verifier['verify'], at: (index: number) => string): Candidate {
  let tokens: string[] = []
  return {
    name,
    prepare: (calls) => {
      tokens = Array.from({ length: calls }, (_, index) => freshlyCut(at(index)))
    },
    run: () => {
      for (const token of tokens) void verify(token)
    },
  }
}

/** What the heap has grown by after so many tokens; bounded by the cache's 10,000 entries and 16 MiB. */
function heapOfTokens(): Section {
  const key = createBenchKey('HS256')
  const secret = key.privateKey.export()
  // All kept, so that none is collected while another is measured.
  const kept: unknown[] = []
  const series = [100, 1000, 10_000, 100_000].map((count) => {
    const { verify } = createVerifier({ issuer: 'https://id.example', audience, secret })
    kept.push(verify)
    void verify(signBenchToken(key))
    const before = heapUsed()
    for (let n = 0; n < count; n++) void verify(freshlyCut(signBenchToken(key)))
    const grown = (heapUsed() - before) / 1024 / 1024
    return { name: named(count, 'token'), samples: [grown] }
  })
  if (kept.length < series.length) throw new Error('A verifier is missing.')
  const section = compared('scale-heap', 'Heap held after so many tokens', 'MiB', 'less', series, '100 tokens')
  return { ...section, note: 'The cache holds at most 10,000 tokens and 16 MiB.' }
}

function heapUsed(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

function inTurn(make: (n: number) => string): string[] {
  return Array.from({ length: tokensInTurn }, (_, n) => make(n))
}

function named(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
