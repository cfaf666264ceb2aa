import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'

/** A server that accepts requests. */
export interface Listening {
  readonly port: number
  /** Gives requests under way a second to finish, then closes every connection, kept alive or not. */
  stop(): Promise<void>
}

/**
 * PEM texts for a server that ends TLS. It asks clients for a certificate of the authority `ca`, but also accepts clients
 * without.
 */
export interface Tls {
  readonly cert: string
  readonly key: string
  readonly ca: string
}

const patience = 1000

/**
 * For how many milliseconds an idle connection stays open: longer than a test. With Node's 5 seconds, a server that was kept
 * from working for a while closes a connection on which a request has come, and the client is told of a reset.
 */
const idleTime = 600_000

/**
 * A Node server for an app. Accepts a client whose certificate is from an unknown authority, and leaves it to the library to
 * judge it.
 */
export function makeServer(tls: Tls | undefined, handler?: RequestListener): Server {
  return tls === undefined ? createServer(handler) : createTlsServer(askingForCertificates(tls), handler)
}

/** The same, as the options of a server. */
export function askingForCertificates(tls: Tls): Tls & { requestCert: true; rejectUnauthorized: false } {
  return { ...tls, requestCert: true, rejectUnauthorized: false }
}

/** Listens with a Node server, or with what another runtime provides as `node:http`. */
export async function listen(server: Server, port: number): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return listening(server)
}

/** Wraps a Node server that already listens. */
export function listening(server: Server): Listening {
  server.keepAliveTimeout = idleTime
  const connections = new Set<Socket>()
  server.on('connection', (socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
        void setTimeout(patience, undefined, { ref: false }).then(() => {
          server.closeAllConnections()
          // Upgraded connections too, which the server no longer keeps track of.
          for (const socket of connections) socket.destroy()
        })
      }),
  }
}

/** Turns a request into a response. The runtime passes its own arguments after the request. */
export interface FetchApp {
  /** Undefined if the runtime has already answered by an upgrade (Bun). */
  fetch(request: Request, environment?: object, context?: object): FetchAnswer
}

type FetchAnswer = Response | undefined | Promise<Response | undefined>

/** An app, and what its server needs in order to open sockets. */
export interface ServedApp {
  readonly app: FetchApp
  /** The `websocket` option of `Bun.serve`. */
  readonly bun?: object | undefined
  /** Prepares a Node server for upgrades. */
  readonly node: (options: NodeOptions) => Server
}

/** Options of @hono/node-server, with `createServer` and its options if this server ends TLS. */
interface NodeOptions {
  readonly fetch: FetchApp['fetch']
  readonly hostname: string
  readonly createServer?: typeof createTlsServer
  readonly serverOptions?: ServerOptions
}

/** The parts of Bun and Deno that serving uses. */
interface Runtimes {
  readonly Bun?: {
    serve(options: { fetch: FetchApp['fetch']; hostname: string; port: number; websocket?: object }): {
      readonly port: number
      stop(closeActive: boolean): Promise<void>
    }
  }
  readonly Deno?: {
    serve(
      options: { hostname: string; port: number; onListen: () => void },
      handler: FetchApp['fetch'],
    ): { readonly addr: { readonly port: number }; shutdown(): Promise<void> }
  }
}

/**
 * Serves with the runtime's own server: `Bun.serve`, `Deno.serve`, and on Node @hono/node-server. TLS uses the last on every
 * runtime, because only a Node server gives access to the client's certificate.
 */
export async function serveFetch(
  { app: { fetch }, bun, node }: ServedApp,
  port: number,
  tls: Tls | undefined,
): Promise<Listening> {
  const { Bun, Deno } = globalThis as Runtimes
  const hostname = '127.0.0.1'
  if (tls !== undefined) {
    const serverOptions = askingForCertificates(tls)
    return listen(node({ fetch, hostname, createServer: createTlsServer, serverOptions }), port)
  }
  if (Bun !== undefined) {
    const server = Bun.serve({ fetch, hostname, port, ...(bun === undefined ? {} : { websocket: bun }) })
    return { port: server.port, stop: () => atMost(server.stop(false), () => server.stop(true)) }
  }
  if (Deno !== undefined) {
    const server = Deno.serve({ hostname, port, onListen: () => {} }, fetch)
    return { port: server.addr.port, stop: () => atMost(server.shutdown(), async () => {}) }
  }
  return listen(node({ fetch, hostname }), port)
}

/** Waits for an orderly end, but not for ever. */
function atMost(end: Promise<void>, force: () => Promise<void>): Promise<void> {
  return Promise.race([end, setTimeout(patience).then(force)])
}
