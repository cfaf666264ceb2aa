import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Handler } from './in-process-fetch.js'

/** Options of `issuer.listen`. */
export interface ListenOptions {
  /** The port on 127.0.0.1. Default: the one that it had before, else any free one. */
  readonly port?: number
  /** Whether listening keeps the process alive. Default false, so that a test that forgets `close()` still ends. */
  readonly keepAlive?: boolean
}

/** A handler that listens. */
export interface LoopbackServer {
  readonly port: number
  /** Stops listening and ends all connections: from then on they are refused. */
  close(): Promise<void>
}

/** Serves a handler over HTTP on 127.0.0.1. Rejects if the port is already used. */
export async function listenOnLoopback(handle: Handler, options: ListenOptions): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    const gone = new AbortController()
    response.once('close', () => {
      if (!response.writableFinished) gone.abort()
    })
    request.resume()
    void respond(handle, request.url ?? '/', response, gone.signal)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  if (options.keepAlive !== true) {
    server.unref()
    // An idle connection would keep the process alive. For one with a request, the client's end does so.
    server.on('connection', (socket) => socket.unref())
  }
  const { port } = server.address() as AddressInfo
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function respond(handle: Handler, path: string, response: ServerResponse, gone: AbortSignal): Promise<void> {
  const answer = await (handle(path, gone) ?? new Response('not found', { status: 404 }))
  if (gone.aborted) return
  if (answer === 'reset') {
    response.socket?.resetAndDestroy()
    return
  }
  response.writeHead(answer.status, [...answer.headers].flat())
  // Sent now, because the body may never come.
  response.flushHeaders()
  await sendBody(answer.body, response)
}

async function sendBody(body: ReadableStream<Uint8Array> | null, response: ServerResponse): Promise<void> {
  try {
    for await (const chunk of body ?? []) {
      if (response.destroyed) break
      if (!response.write(chunk)) await writable(response)
    }
    response.end()
  } catch {
    // The body has failed, by a fault or because the client has gone. The connection is reset too.
    response.socket?.resetAndDestroy()
  }
}

/** Waits until more may be written, or the client has gone. */
function writable(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go)
      resolve()
    }
    response.on('drain', go).on('close', go)
  })
}
