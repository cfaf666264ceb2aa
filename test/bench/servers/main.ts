import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { MakeServer, ServerContext } from './context.js'

const frameworks: Readonly<Record<string, () => Promise<Readonly<Record<string, MakeServer>>>>> = {
  fastify: async () => (await import('./fastify.js')).fastifyServers,
  express: async () => (await import('./express.js')).expressServers,
  hono: async () => (await import('./hono.js')).honoServers,
}

/** The server processes: a framework and a guard by name, a context as JSON; tells its port, then its processor time. */
async function main([framework = '', guard = '', context = '']: readonly string[]): Promise<void> {
  const servers = await frameworks[framework]?.()
  const server: Server | undefined = await servers?.[guard]?.(JSON.parse(context) as ServerContext)
  if (server === undefined) throw new Error(`There is no ${guard} for ${framework}.`)
  process.on('message', () => process.send?.(process.cpuUsage()))
  process.on('disconnect', () => process.exit())
  process.send?.((server.address() as AddressInfo).port)
}

await main(process.argv.slice(2))
