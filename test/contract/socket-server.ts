import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Auth, Verifier } from '@latchkey/core'
import { type WebSocket, WebSocketServer } from 'ws'
import { receive, type Visit } from './socket.js'

/** Opens sockets on Node, by `ws`. */
export function createSocketServer(): WebSocketServer {
  return new WebSocketServer({ noServer: true })
}

/** Has somebody received over a socket of `ws`. */
export function receiveOver(socket: WebSocket, verifier: Verifier, auth: Auth): void {
  attend(socket, receive(verifier, auth, socket))
}

/** Tells a visit what comes over a socket of `ws`. */
export function attend(socket: WebSocket, visit: Visit): void {
  socket.on('message', (data, isBinary) => visit.message(isBinary ? undefined : data.toString()))
  socket.on('close', () => visit.closed())
  // Closing is all there is to do about it, and comes by itself.
  socket.on('error', () => {})
}

/** A listener of Node's `upgrade` event. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/**
 * Has a listener open sockets, those of `GET /socket`. With one, Node hands every request over that asks for an upgrade,
 * whatever its path and protocol: the others are answered as without it.
 */
export function onSocketRequest(server: Server, listener: UpgradeListener): void {
  server.on('upgrade', (request, socket, head) => {
    if (isSocketRequest(request)) listener(request, socket, head)
    else answerPlainly(server, request, socket as Socket)
  })
}

/** For a framework's own listener, which is there already. */
export function narrowUpgrades(server: Server): void {
  const [listener] = server.listeners('upgrade')
  server.removeAllListeners('upgrade')
  onSocketRequest(server, listener as UpgradeListener)
}

function isSocketRequest({ method, url = '', headers }: IncomingMessage): boolean {
  return method === 'GET' && url.split('?', 1)[0] === '/socket' && headers.upgrade?.toLowerCase() === 'websocket'
}

function answerPlainly(server: Server, request: IncomingMessage, socket: Socket): void {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  response.once('finish', () => socket.destroySoon())
  socket.on('error', () => socket.destroy())
  server.emit('request', request, response)
}
