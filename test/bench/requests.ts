import { Load } from './load.js'
import { RotatingIssuer } from './rotating-issuer.js'
import { compared, type Section } from './section.js'
import { ServerProcess } from './server-process.js'
import { audience, signBenchToken } from './tokens.js'

const guards = {
  fastify: ['unguarded', 'no-op hook', 'latchkey', '@fastify/jwt, cached', '@fastify/jwt', 'fastify-jwt-jwks'],
  express: ['unguarded', 'no-op middleware', 'latchkey', 'express-oauth2-jwt-bearer', 'express-jwt'],
  hono: ['unguarded', 'no-op middleware', 'latchkey', 'hono/jwk', 'hono/jwk, fetching', 'hono/jwt'],
}

/** The framework's own names. */
const titles = { fastify: 'Fastify', express: 'Express', hono: 'Hono' }

type Framework = keyof typeof guards

/** Tokens in turn: more than the caches hold, so that each is new again whenever it comes. */
const firstSeen = 12_000

/** How long one server is asked before it is the next one's turn, in milliseconds: shorter than what disturbs a busy machine. */
const slice = 100

export interface RequestsOptions {
  readonly framework: Framework
  /** How often all servers are started anew: no two processes are equally fast. */
  readonly generations: number
  /** How many samples of each server a generation gives. */
  readonly rounds: Readonly<Record<'seen' | 'first-seen', number>>
  /** How many turns make up a sample. */
  readonly turns: number
  /** Only these guards, e.g. for a quick look at one. */
  readonly only?: readonly string[]
}

/** (c) Requests per second of a hello world, unguarded and behind each guard; and the processor time of one request. */
export async function requests(options: RequestsOptions): Promise<Section[]> {
  const { framework, generations, rounds, only } = options
  const issuer = await RotatingIssuer.start()
  const names = guards[framework].filter((name) => only?.includes(name) ?? true)
  const sections: Section[] = []
  for (const kind of ['seen', 'first-seen'] as const) {
    if (rounds[kind] === 0) continue
    const taken = names.map((name): Taken => ({ name, rates: [], times: [] }))
    for (let generation = 0; generation < generations; generation++) {
      await takeGeneration(options, kind, issuer, taken)
    }
    const id = `requests-${framework}-${kind}`
    const title = `${titles[framework]}, ${kind} token`
    const rates = taken.map((each) => ({ name: each.name, samples: each.rates }))
    const times = taken.map((each) => ({ name: each.name, samples: each.times }))
    sections.push(
      compared(id, `${title}: requests per second`, 'requests/s', 'more', rates, 'unguarded'),
      compared(`${id}-cpu`, `${title}: processor time of a request`, 'µs', 'less', times, 'unguarded'),
    )
  }
  issuer.stop()
  return sections
}

/** Samples of one server. */
interface Taken {
  readonly name: string
  readonly rates: number[]
  readonly times: number[]
}

async function takeGeneration(
  { framework, rounds, turns }: RequestsOptions,
  kind: 'seen' | 'first-seen',
  issuer: RotatingIssuer,
  taken: readonly Taken[],
): Promise<void> {
  const { key } = issuer
  const context = { issuer: issuer.url, audience, jwksUri: issuer.jwksUri, jwk: key.jwk, pem: key.pem }
  const tokens = Array.from({ length: kind === 'seen' ? 1 : firstSeen }, () => signBenchToken(key, { iss: issuer.url }))
  const asked: Asked[] = []
  try {
    for (const { name } of taken) {
      const server = await ServerProcess.start(framework, name, context)
      await requireAnswer(server, tokens[0])
      const load = await Load.start(server.url, tokens)
      asked.push({ server, load })
      await load.turn(2000)
    }
    for (let round = 0; round < rounds[kind]; round++) await takeRound(asked, turns, taken)
    for (const { server, load } of asked) {
      await load.end()
      await requireAnswer(server, tokens.at(-1))
    }
  } finally {
    for (const { server } of asked) server.stop()
  }
}

/** A refusal would be measured for an answer. */
async function requireAnswer({ name, url }: ServerProcess, token: string | undefined): Promise<void> {
  const { status } = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  if (status !== 200) throw new Error(`${name} answers ${status}.`)
}

interface Asked {
  readonly server: ServerProcess
  readonly load: Load
}

/** One sample of every server, each made up of many turns. */
async function takeRound(asked: readonly Asked[], turns: number, taken: readonly Taken[]): Promise<void> {
  const sums = asked.map(() => ({ requests: 0, milliseconds: 0, processorTime: 0 }))
  for (let turn = 0; turn < turns; turn++) {
    for (let place = 0; place < asked.length; place++) {
      const index = (turn + place) % asked.length
      const { server, load } = asked[index] as Asked
      const before = await server.count()
      await load.turn(slice)
      const after = await server.count()
      const sum = sums[index]
      if (sum === undefined) continue
      sum.requests += after.requests - before.requests
      // Until the last request, since the load is told to stop while some are on their way.
      sum.milliseconds += after.last - before.now
      sum.processorTime += after.processorTime - before.processorTime
    }
  }
  for (const [index, { requests, milliseconds, processorTime }] of sums.entries()) {
    taken[index]?.rates.push((1000 * requests) / milliseconds)
    taken[index]?.times.push(processorTime / requests)
  }
}
