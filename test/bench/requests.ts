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

/** Tokens in turn: more than a server is asked for in a round, so that none returns, whatever a cache remembers. */
const firstSeen = 45_000

/** How long one server is asked before it is the next one's turn, in milliseconds: shorter than what disturbs a busy machine. */
const slice = 100

/** How long a server is asked before anything is counted, in milliseconds. */
const warmUp = 1500

export interface RequestsOptions {
  readonly framework: Framework
  /** How many samples of each server are taken; each round starts all of them anew, since no two processes are equally fast. */
  readonly rounds: Readonly<Record<'seen' | 'first-seen', number>>
  /** How many turns make up a sample. */
  readonly turns: number
  /** Only these guards, e.g. for a quick look at one. */
  readonly only?: readonly string[]
}

/** (c) Requests per second of a hello world, unguarded and behind each guard; and the processor time of one request. */
export async function requests(options: RequestsOptions): Promise<Section[]> {
  const { framework, rounds, only } = options
  const issuer = await RotatingIssuer.start()
  const names = guards[framework].filter((name) => only?.includes(name) ?? true)
  const sections: Section[] = []
  for (const kind of ['seen', 'first-seen'] as const) {
    if (rounds[kind] === 0) continue
    const count = kind === 'seen' ? 1 : firstSeen
    const tokens = Array.from({ length: count }, () => signBenchToken(issuer.key, { iss: issuer.url }))
    const samples: Sample[][] = []
    for (let round = 0; round < rounds[kind]; round++)
      samples.push(await takeRound(options, names, issuer, tokens, round))
    const of = (what: keyof Sample) =>
      names.map((name, index) => ({ name, samples: samples.map((sample) => sample[index]?.[what] ?? Number.NaN) }))
    const id = `requests-${framework}-${kind}`
    const title = `${titles[framework]}, ${kind} token`
    sections.push(
      compared(id, `${title}: requests per second`, 'requests/s', 'more', of('rate'), 'unguarded'),
      compared(`${id}-cpu`, `${title}: processor time of a request`, 'µs', 'less', of('time'), 'unguarded'),
    )
  }
  issuer.stop()
  return sections
}

/** What came of one server in a round. */
interface Sample {
  /** Requests per second. */
  readonly rate: number
  /** Processor time of a request, in microseconds. */
  readonly time: number
}

/** One sample of every server, each made up of many turns. */
async function takeRound(
  { framework, turns }: RequestsOptions,
  names: readonly string[],
  issuer: RotatingIssuer,
  tokens: readonly string[],
  round: number,
): Promise<Sample[]> {
  const { key } = issuer
  const context = { issuer: issuer.url, audience, jwksUri: issuer.jwksUri, jwk: key.jwk, pem: key.pem }
  const asked: Asked[] = []
  try {
    // Each round begins with another one.
    for (const index of inTurn(names.length, round)) {
      const server = await ServerProcess.start(framework, names[index] ?? '', context)
      await requireAnswer(server, tokens[0])
      const load = await Load.start(server.url, tokens)
      asked[index] = { server, load, requests: 0, milliseconds: 0, processorTime: 0 }
      await load.turn(warmUp)
    }
    for (let turn = 0; turn < turns; turn++) {
      for (const index of inTurn(names.length, turn)) await takeTurn(asked[index] as Asked)
    }
    for (const { server, load } of asked) {
      await load.end()
      await requireAnswer(server, tokens.at(-1))
    }
  } finally {
    for (const each of asked) each?.server.stop()
  }
  return asked.map(({ requests, milliseconds, processorTime }) => {
    return { rate: (1000 * requests) / milliseconds, time: processorTime / requests }
  })
}

/** A server, its load, and what was counted so far. */
interface Asked {
  readonly server: ServerProcess
  readonly load: Load
  requests: number
  milliseconds: number
  processorTime: number
}

async function takeTurn(asked: Asked): Promise<void> {
  const { server, load } = asked
  const before = await server.count()
  await load.turn(slice)
  const after = await server.count()
  asked.requests += after.requests - before.requests
  // Until the last request, since the load is told to stop while some are on their way.
  asked.milliseconds += after.last - before.now
  asked.processorTime += after.processorTime - before.processorTime
}

/** The numbers below `count`, beginning with another one each time. */
function inTurn(count: number, turn: number): readonly number[] {
  return Array.from({ length: count }, (_, place) => (turn + place) % count)
}

/** A refusal would be measured for an answer. */
async function requireAnswer({ name, url }: ServerProcess, token: string | undefined): Promise<void> {
  const { status } = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  if (status !== 200) throw new Error(`${name} answers ${status}.`)
}
