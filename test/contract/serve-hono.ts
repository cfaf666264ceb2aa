import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { Contract } from './config.js'
import { honoApp } from './hono.js'
import { honoSockets } from './hono-sockets.js'
import { type Listening, serveFetch } from './listen.js'
import { narrowUpgrades } from './socket-server.js'

/** The contract server on Hono, listening, on Node, Bun or Deno. */
export async function serveHono(contract: Contract, port: number): Promise<Listening> {
  const { upgradeWebSocket, bun, node } = await honoSockets()
  const app = honoApp(contract, upgradeWebSocket)
  return serveFetch(
    {
      app,
      bun,
      node: (options) => {
        const server = createAdaptorServer({ ...options, ...(node === undefined ? {} : { websocket: node }) }) as Server
        narrowUpgrades(server)
        return server
      },
    },
    port,
    contract.tls,
  )
}
