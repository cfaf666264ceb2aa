import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { MakeServer, ServerContext, ServerCount } from './context.js'

const frameworks: Readonly<Record<string, () => Promise<Readonly<Record<string, MakeServer>>>>> = {
  fastify: async () => (await import('./fastify.js')).fastifyServers,
  express: async () => (await import('./express.js')).expressServers,
  hono: async () => (await import('./hono.js')).honoServers,
}

/** The server processes: a framework and a guard by name, a context as JSON; tells its port, then what it has done. */
async function main([framework = '', guard = '', context = '']: readonly string[]): Promise<void> {
  const told = JSON.parse(context) as ServerContext
  await makeHistory(told)
  const servers = await frameworks[framework]?.()
  const server: Server | undefined = await servers?.[guard]?.(told)
  if (server === undefined) throw new Error(`There is no ${guard} for ${framework}.`)
  let requests = 0
  let last = 0
  server.on('request', () => {
    requests++
    last = performance.now()
  })
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    const count: ServerCount = { requests, last, now: performance.now(), processorTime: user + system }
    process.send?.(count)
  })
  process.on('disconnect', () => process.exit())
  process.send?.((server.address() as AddressInfo).port)
}

/**
 * What any app has done before its first request: some turns of `process.nextTick`, as every plugin makes that is registered,
 * and an outgoing connection that was closed. On Node 20 either makes every later request slower, as V8 compiles Node's own
 * functions for what it has seen them do: a bare server would be compared for having done neither, not for its guard.
 */
async function makeHistory({ jwksUri }: ServerContext): Promise<void> {
  for (let tick = 0; tick < 10; tick++) await new Promise<void>((resolve) => process.nextTick(resolve))
  await (await fetch(jwksUri)).text()
}

await main(process.argv.slice(2))
