import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConfigError } from '@latchkey/core'
import { readContract } from './config.js'

// Each is loaded only where it is asked for, and after the configuration: a refusal comes without waiting for a framework.
const frameworks = new Map([
  ['fastify', async () => (await import('./fastify.js')).serveFastify],
  ['express', async () => (await import('./express.js')).serveExpress],
  ['hono', async () => (await import('./hono.js')).serveHono],
])

/** Starts the contract server of the framework named on the command line. */
async function main(): Promise<void> {
  const load = frameworks.get(process.argv[2] ?? '')
  if (load === undefined) throw new ConfigError(`Name a framework: ${[...frameworks.keys()].join(', ')}.`)
  const contract = await readContract(process.env['CONTRACT_CONFIG'])
  if (contract.waitForKeys) await contract.verifier.ready()
  const serve = await load()
  const server = await serve(contract, readPort(process.env['PORT']))
  stopOnSignal(server)
  const { port } = server.address() as AddressInfo
  console.log(`listening on http://127.0.0.1:${port}`)
}

function readPort(text: string | undefined): number {
  const port = Number(text ?? 0)
  if (!(Number.isInteger(port) && port >= 0 && port < 65536)) throw new ConfigError('PORT must be a port number.')
  return port
}

/** Lets what is under way finish for a second, then ends, also with connections that are kept alive. */
function stopOnSignal(server: Server): void {
  const stop = () => {
    server.close(() => process.exit(0))
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), 1000).unref()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

try {
  await main()
} catch (error) {
  const line = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  console.error(line.replaceAll(/\s+/g, ' '))
  process.exit(1)
}
