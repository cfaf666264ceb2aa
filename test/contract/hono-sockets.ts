import type { WebSocketServerLike } from '@hono/node-server'
import type { UpgradeWebSocket } from 'hono/ws'
import { createSocketServer } from './socket-server.js'

/** How Hono opens sockets on a runtime: its helper, and what the server needs besides. */
export interface HonoSockets {
  readonly upgradeWebSocket: UpgradeWebSocket<unknown>
  /** The `websocket` option of `Bun.serve`. */
  readonly bun?: object
  /** The `websocket` option of @hono/node-server. */
  readonly node?: { readonly server: WebSocketServerLike }
}

export async function honoSockets(): Promise<HonoSockets> {
  if ('Bun' in globalThis) {
    const { upgradeWebSocket, websocket } = await import('hono/bun')
    return { upgradeWebSocket, bun: websocket }
  }
  if ('Deno' in globalThis) return { upgradeWebSocket: (await import('hono/deno')).upgradeWebSocket }
  const { upgradeWebSocket } = await import('@hono/node-server')
  return { upgradeWebSocket, node: { server: createSocketServer() as WebSocketServerLike } }
}
