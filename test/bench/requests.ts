import { createLoad, type Load } from './load.js'
import type { Series } from './measure.js'
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

export interface RequestsOptions {
  readonly framework: Framework
  /** How often each server has its turn. */
  readonly rounds: Readonly<Record<'seen' | 'first-seen', number>>
  /** How long a turn is. */
  readonly seconds: number
  /** Only these guards, e.g. for a quick look at one. */
  readonly only?: readonly string[]
}

/** (c) Requests per second of a hello world, unguarded and behind each guard; and the processor time of one request. */
export async function requests(options: RequestsOptions): Promise<Section[]> {
  const { framework, rounds, seconds, only } = options
  const issuer = await RotatingIssuer.start()
  const { key } = issuer
  const context = { issuer: issuer.url, audience, jwksUri: issuer.jwksUri, jwk: key.jwk, pem: key.pem }
  const token = () => signBenchToken(key, { iss: issuer.url })
  const names = guards[framework].filter((name) => only?.includes(name) ?? true)
  const servers = await Promise.all(names.map((name) => ServerProcess.start(framework, name, context)))
  const sections: Section[] = []
  try {
    for (const kind of ['seen', 'first-seen'] as const) {
      if (rounds[kind] === 0) continue
      const load = await createLoad(Array.from({ length: kind === 'seen' ? 1 : firstSeen }, token))
      const { rates, times } = await measure(servers, load, rounds[kind], seconds)
      const id = `requests-${framework}-${kind}`
      const title = `${titles[framework]}, ${kind} token`
      sections.push(
        compared(id, `${title}: requests per second`, 'requests/s', 'more', rates, 'unguarded'),
        compared(`${id}-cpu`, `${title}: processor time of a request`, 'µs', 'less', times, 'unguarded'),
      )
    }
  } finally {
    for (const server of servers) server.stop()
    issuer.stop()
  }
  return sections
}

async function measure(servers: readonly ServerProcess[], load: Load, rounds: number, seconds: number) {
  const rates = servers.map(({ name }) => ({ name, samples: [] as number[] }) satisfies Series)
  const times = servers.map(({ name }) => ({ name, samples: [] as number[] }) satisfies Series)
  for (const server of servers) await load(server.url, 2 * seconds)
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < servers.length; turn++) {
      const index = (round + turn) % servers.length
      const server = servers[index] as ServerProcess
      const before = await server.processorTime()
      const burst = await load(server.url, seconds)
      const after = await server.processorTime()
      rates[index]?.samples.push(burst.requests / burst.seconds)
      times[index]?.samples.push((after - before) / burst.requests)
    }
  }
  return { rates, times }
}
