import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'

/** A server that accepts requests. */
export interface Listening {
  readonly port: number
  /** Lets what is under way finish for a second, then ends, also with connections that are kept alive. */
  stop(): Promise<void>
}

/** PEM texts with which a server ends TLS; of clients it asks for a certificate of that authority, and takes those without. */
export interface Tls {
  readonly cert: string
  readonly key: string
  readonly ca: string
}

const patience = 1000

/** A server of Node's for an app. A client whose certificate is of nobody known is a client without: what it is worth is the library's to say. */
export function makeServer(tls: Tls | undefined, handler?: RequestListener): Server {
  return tls === undefined ? createServer(handler) : createTlsServer(askingForCertificates(tls), handler)
}

/** The same as options. */
export function askingForCertificates(tls: Tls): Tls & { requestCert: true; rejectUnauthorized: false } {
  return { ...tls, requestCert: true, rejectUnauthorized: false }
}

/** Listens with a server of Node's, or what another runtime offers in its name. */
export async function listen(server: Server, port: number): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return listening(server)
}

/** A server of Node's that listens already. */
export function listening(server: Server): Listening {
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
          // Those that were upgraded too, of which the server knows nothing.
          for (const socket of connections) socket.destroy()
        })
      }),
  }
}

/** What turns a request into a response; the runtime hands over what it has to say besides. */
export interface FetchApp {
  /** Undefined: the runtime has answered already, by an upgrade (Bun). */
  fetch(request: Request, environment?: object, context?: object): FetchAnswer
}

type FetchAnswer = Response | undefined | Promise<Response | undefined>

/** An app, and what opening sockets asks of whoever serves it. */
export interface ServedApp {
  readonly app: FetchApp
  /** `Bun.serve`'s `websocket`. */
  readonly bun?: object | undefined
  /** Makes a server of Node's that is ready for upgrades. */
  readonly node: (options: NodeOptions) => Server
}

/** What @hono/node-server takes; `createServer` and its options where TLS ends here. */
interface NodeOptions {
  readonly fetch: FetchApp['fetch']
  readonly hostname: string
  readonly createServer?: typeof createTlsServer
  readonly serverOptions?: ServerOptions
}

/** As much of Bun and Deno as serving takes. */
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
 * Serves by the runtime's own means: `Bun.serve`, `Deno.serve`, and on Node through @hono/node-server. So does TLS everywhere:
 * Node's server alone shows the client's certificate.
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

/** Waits for an orderly end, and does not wait for ever. */
function atMost(end: Promise<void>, force: () => Promise<void>): Promise<void> {
  return Promise.race([end, setTimeout(patience).then(force)])
}
