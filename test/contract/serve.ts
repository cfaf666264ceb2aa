import { ConfigError } from '@latchkey/core'
import { type Contract, readContract } from './config.js'
import type { Listening } from './listen.js'

type Start = (contract: Contract, port: number) => Promise<Listening>

// Each is loaded only if asked for, and after the configuration, so that a wrong configuration is reported at once.
const frameworks = new Map<string, () => Promise<Start>>([
  ['fastify', async () => (await import('./fastify.js')).serveFastify],
  ['express', async () => overExpress((await import('express')).default)],
  ['express4', async () => overExpress((await import('express4')).default)],
  ['fetch', async () => (await import('./serve-fetch.js')).serveFetchApp],
  ['nest-express', async () => (await import('./nest.js')).serveNestExpress],
  ['nest-fastify', async () => (await import('./nest.js')).serveNestFastify],
  ['hono', async () => (await import('./serve-hono.js')).serveHono],
  ['lambda-v1-fastify', () => onLambda('fastify', 'eventV1')],
  ['lambda-v1-hono', () => onLambda('hono', 'eventV1')],
  ['lambda-v2-fastify', () => onLambda('fastify', 'eventV2')],
  ['lambda-v2-hono', () => onLambda('hono', 'eventV2')],
])

async function overExpress(express: typeof import('express')): Promise<Start> {
  const { serveExpress } = await import('./express.js')
  return (contract, port) => serveExpress(express, contract, port)
}

async function onLambda(shim: 'fastify' | 'hono', version: 'eventV1' | 'eventV2'): Promise<Start> {
  const events = await import('./lambda-events.js')
  return (await import('./lambda.js')).serveLambda(shim, events[version])
}

/**
 * Starts the contract server of a framework and prints where it listens.
 *
 * @throws ConfigError (as a rejection) for an unknown framework, and for anything the library refuses
 */
export async function serve(framework: string): Promise<void> {
  const load = frameworks.get(framework)
  if (load === undefined) throw new ConfigError(`Name a framework: ${[...frameworks.keys()].join(', ')}.`)
  const contract = await readContract(process.env['CONTRACT_CONFIG'])
  if (contract.waitForKeys) await contract.verifier.ready()
  const start = await load()
  const server = await start(contract, readPort(process.env['PORT']))
  stopOnSignal(server)
  console.log(`listening on ${contract.tls === undefined ? 'http' : 'https'}://127.0.0.1:${server.port}`)
}

function readPort(text: string | undefined): number {
  const port = Number(text ?? 0)
  if (!(Number.isInteger(port) && port >= 0 && port < 65536)) throw new ConfigError('PORT must be a port number.')
  return port
}

function stopOnSignal(server: Listening): void {
  const stop = () => server.stop().then(() => process.exit(0))
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}
