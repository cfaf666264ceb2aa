import { upgradeRequired } from './answers.js'
import { isObject } from './is-object.js'
import type { Peer, Visit } from './socket.js'

/** Called with the peer of an open socket. */
export type Receive = (peer: Peer) => Visit

/**
 * Opens a socket in the way of the platform. Each has its own, because a `Response` cannot have the status 101.
 *
 * @param platform the arguments that the platform passed after the request
 * @returns what the handler must return, which is undefined on Bun
 */
export type OpenSocket = (request: Request, platform: readonly unknown[], receive: Receive) => Response | undefined

interface BunServer {
  upgrade(request: Request, options: { readonly data: { receive: Receive; visit?: Visit } }): boolean
}

interface BunSocket extends Peer {
  readonly data: { readonly receive: Receive; visit?: Visit }
}

export const openOnBun: OpenSocket = (request, [server], receive) =>
  (server as BunServer).upgrade(request, { data: { receive } }) ? undefined : new Response(null, { status: 400 })

/** The `websocket` option of `Bun.serve`. */
export const bunHandlers: object = {
  open: (socket: BunSocket) => {
    socket.data.visit = socket.data.receive(socket)
  },
  message: ({ data }: BunSocket, message: unknown) => data.visit?.message(message),
  close: ({ data }: BunSocket) => data.visit?.closed(),
}

interface StandardSocket extends Peer {
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void
}

interface DenoGlobal {
  readonly Deno: {
    upgradeWebSocket(request: Request): { readonly socket: StandardSocket; readonly response: Response }
  }
}

export const openOnDeno: OpenSocket = (request, _platform, receive) => {
  const { socket, response } = (globalThis as unknown as DenoGlobal).Deno.upgradeWebSocket(request)
  socket.addEventListener('open', () => attend(socket, receive))
  return response
}

interface WorkerGlobal {
  readonly WebSocketPair: new () => readonly [client: unknown, server: StandardSocket & { accept(): void }]
}

export const openOnWorkerd: OpenSocket = (_request, _platform, receive) => {
  const { 0: client, 1: server } = new (globalThis as unknown as WorkerGlobal).WebSocketPair()
  server.accept()
  attend(server, receive)
  return new Response(null, { status: 101, webSocket: client } as ResponseInit)
}

function attend(socket: StandardSocket, receive: Receive): void {
  const visit = receive(socket)
  socket.addEventListener('message', ({ data }) => visit.message(data))
  socket.addEventListener('close', () => visit.closed())
}

/** The second argument of `fetch` on Node, passed by `fetchUpgrade`. */
export interface NodePlatform {
  accept(receive: Receive): void
}

export const openOnNode: OpenSocket = (_request, [platform], receive) => {
  // For Node, an `Upgrade` field without `Connection` does not ask for an upgrade (RFC 9110 §7.8).
  if (!canAccept(platform)) return new Response(upgradeRequired.body, upgradeRequired)
  platform.accept(receive)
  return new Response(null)
}

function canAccept(platform: unknown): platform is NodePlatform {
  return isObject(platform) && typeof platform['accept'] === 'function'
}
