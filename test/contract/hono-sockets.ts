import type { WebSocketServerLike } from '@hono/node-server'
import type { UpgradeWebSocket } from 'hono/ws'
import { createSocketServer } from './socket-server.js'

/** How Hono opens sockets where it runs: its own helper, and what serving has to be told beside. */
export interface HonoSockets {
  readonly upgradeWebSocket: UpgradeWebSocket<unknown>
  /** `Bun.serve`'s `websocket`. */
  readonly bun?: object
  /** @hono/node-server's `websocket`. */
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
