import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import websocket from '@fastify/websocket'
import { createAdaptorServer, upgradeWebSocket, type WebSocketServerLike } from '@hono/node-server'
import type { Auth, RequirementOptions, Verifier } from '@latchkey/core'
import { type ExpressAuth, expressAuth } from '@latchkey/express'
import { type FastifyAuth, fastifyAuth } from '@latchkey/fastify'
import { honoAuth } from '@latchkey/hono'
import { gatewayGuard } from '@latchkey/nest'
import express from 'express'
import express4 from 'express4'
import { fastify } from 'fastify'
import { Hono } from 'hono'
import { WebSocketServer } from 'ws'

/** An app that listens. */
export interface SocketApp {
  readonly port: number
  close(): void
}

interface Peer {
  send(text: string): void
  close(code: number): void
}

/** What a guard is asked beside the scope. */
type More = Pick<RequirementOptions, 'check'>

/** The adapters that guard upgrades of plain Node. */
type NodeAuth = ExpressAuth | FastifyAuth

type Serve = (verifier: Verifier, more?: More) => Promise<SocketApp>

/** Each has `/chat`, which wants the scope `chat`, greets, and closes with 4401 when the identity ends. */
export const apps: Readonly<Record<string, Serve>> = {
  Fastify: serveFastify,
  Express: (verifier, more) => serveExpress(express, verifier, more),
  'Express 4': (verifier, more) => serveExpress(express4, verifier, more),
  Hono: serveHono,
  'bare ws': (verifier, more) => serveBare(expressAuth({ verifier }), verifier, more),
  'bare ws beside Fastify': (verifier, more) => serveBare(fastifyAuth({ verifier }), verifier, more),
  "Nest's gateway on Express": (verifier, more) => serveGateway(expressAuth({ verifier }), verifier, more),
  "Nest's gateway on Fastify": (verifier, more) => serveGateway(fastifyAuth({ verifier }), verifier, more),
}

/** Gives what stops watching. */
function greet(verifier: Verifier, auth: Auth, peer: Peer): () => void {
  const watch = verifier.watch(auth, () => peer.close(4401))
  peer.send(`hello ${auth.claims.sub}`)
  return () => watch.stop()
}

async function serveFastify(verifier: Verifier, more?: More): Promise<SocketApp> {
  const { plugin, requireAuth, getAuth } = fastifyAuth({ verifier })
  const app = fastify()
  await app.register(plugin)
  await app.register(websocket)
  app.get('/chat', { websocket: true, onRequest: requireAuth({ scope: 'chat', ...more }) }, (socket, request) => {
    socket.on('close', greet(verifier, getAuth(request), socket))
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return listening(app.server)
}

async function serveExpress(make: typeof express, verifier: Verifier, more?: More): Promise<SocketApp> {
  const { requireAuth, upgrade } = expressAuth({ verifier })
  const guard = requireAuth({ scope: 'chat', ...more })
  const app = make().set('trust proxy', 'loopback')
  const server = createServer(app)
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (req, socket, head) => {
    void upgrade(req, socket, { guard, app }).then((auth) => {
      if (auth === null) return
      sockets.handleUpgrade(req, socket, head, (opened) => opened.on('close', greet(verifier, auth, opened)))
    }, heard)
  })
  return listen(server)
}

async function serveBare(
  { requireAuth, upgrade, getAuth }: NodeAuth,
  verifier: Verifier,
  more?: More,
): Promise<SocketApp> {
  const guard = requireAuth({ scope: 'chat', ...more })
  const server = createServer()
  const sockets = new WebSocketServer({ noServer: true })
  sockets.on('connection', (opened, req) => opened.on('close', greet(verifier, getAuth(req), opened)))
  server.on('upgrade', (req, socket, head) => {
    void upgrade(req, socket, { guard }).then((auth) => {
      if (auth !== null) sockets.handleUpgrade(req, socket, head, (opened) => sockets.emit('connection', opened, req))
    }, heard)
  })
  return listen(server)
}

/** As `@nestjs/platform-ws` hands a gateway's options to `ws`. */
async function serveGateway(auth: NodeAuth, verifier: Verifier, more?: More): Promise<SocketApp> {
  const guard = auth.requireAuth({ scope: 'chat', ...more })
  const server = createServer()
  const sockets = new WebSocketServer({ server, verifyClient: gatewayGuard(auth, guard) })
  sockets.on('connection', (opened, req) => opened.on('close', greet(verifier, auth.getAuth(req), opened)))
  return listen(server)
}

/** An app's own way to hear of a check that failed. */
function heard(_error: unknown): void {}

async function serveHono(verifier: Verifier, more?: More): Promise<SocketApp> {
  const { requireAuth, getAuth } = honoAuth({ verifier })
  const app = new Hono()
  const open = upgradeWebSocket((c) => {
    let stop: (() => void) | undefined
    return {
      onOpen: (_event, socket) => {
        stop = greet(verifier, getAuth(c), socket)
      },
      onClose: () => stop?.(),
    }
  })
  app.get('/chat', requireAuth({ scope: 'chat', ...more }), open)
  const sockets = new WebSocketServer({ noServer: true }) as WebSocketServerLike
  return listen(createAdaptorServer({ fetch: app.fetch, websocket: { server: sockets } }) as Server)
}

async function listen(server: Server): Promise<SocketApp> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return listening(server)
}

function listening(server: Server): SocketApp {
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
