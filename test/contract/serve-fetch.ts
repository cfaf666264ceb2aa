import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { Contract } from './config.js'
import { fetchApp } from './fetch.js'
import { bunHandlers, openOnBun, openOnDeno, openOnNode } from './fetch-sockets.js'
import { fetchUpgrade } from './fetch-upgrade.js'
import { type Listening, type ServedApp, serveFetch } from './listen.js'
import { onSocketRequest } from './socket-server.js'

/** The contract server on `Request` and `Response`, listening, on Node, Bun or Deno. */
export async function serveFetchApp(contract: Contract, port: number): Promise<Listening> {
  const app = fetchApp(contract, 'Bun' in globalThis ? openOnBun : 'Deno' in globalThis ? openOnDeno : openOnNode)
  const node: ServedApp['node'] = (options) => {
    const server = createAdaptorServer(options) as Server
    onSocketRequest(server, fetchUpgrade(app))
    return server
  }
  return serveFetch({ app, bun: bunHandlers, node }, port, contract.tls)
}
