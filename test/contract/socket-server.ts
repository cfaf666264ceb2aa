import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Auth, Verifier } from '@latchkey/core'
import { type WebSocket, WebSocketServer } from 'ws'
import { receive, type Visit } from './socket.js'

/** Opens sockets on Node with `ws`. */
export function createSocketServer(): WebSocketServer {
  return new WebSocketServer({ noServer: true })
}

/** Serves a caller over a socket of `ws`. */
export function receiveOver(socket: WebSocket, verifier: Verifier, auth: Auth): void {
  attend(socket, receive(verifier, auth, socket))
}

/** Passes what arrives on a socket of `ws` to a visit. */
export function attend(socket: WebSocket, visit: Visit): void {
  socket.on('message', (data, isBinary) => visit.message(isBinary ? undefined : data.toString()))
  socket.on('close', () => visit.closed())
  // An error closes the socket, so there is nothing else to do.
  socket.on('error', () => {})
}

/** A listener of Node's `upgrade` event. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/**
 * Opens the sockets of `GET /socket` on a server. With an upgrade listener, Node passes it every request that asks for an
 * upgrade, whatever the path and protocol. The others are answered as they would be without one.
 */
export function onSocketRequest(server: Server, listener: UpgradeListener): void {
  server.on('upgrade', (request, socket, head) => {
    if (isSocketRequest(request)) listener(request, socket, head)
    else answerPlainly(server, request, socket as Socket)
  })
}

/** Limits a framework's own upgrade listener to requests for `GET /socket`. */
export function narrowUpgrades(server: Server): void {
  const [listener] = server.listeners('upgrade')
  server.removeAllListeners('upgrade')
  onSocketRequest(server, listener as UpgradeListener)
}

function isSocketRequest({ method, url = '', headers }: IncomingMessage): boolean {
  if (method !== 'GET' || url.split('?', 1)[0] !== '/socket') return false
  if (headers.upgrade?.toLowerCase() !== 'websocket') return false
  // Listeners that make a URL from an invalid Host would throw.
  const { host = '' } = headers
  return host !== '' && URL.canParse(`http://${host}${url}`)
}

function answerPlainly(server: Server, request: IncomingMessage, socket: Socket): void {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  response.once('finish', () => socket.destroySoon())
  socket.on('error', () => socket.destroy())
  server.emit('request', request, response)
}
