import { titles } from '../error-codes.js'
import type { RequestView } from '../request-view.js'

/**
 * Whether a request asks for another protocol: by an `Upgrade` field (RFC 9110 §7.8), or by the extended CONNECT of HTTP/2
 * (RFC 8441). No ordinary response follows such a request, and what is sent over the connection may change anything.
 */
export function isUpgrade(view: Pick<RequestView, 'method' | 'header'>): boolean {
  return view.method === 'CONNECT' || view.header('upgrade') !== undefined
}

/** The part of Node's `net.Socket` that `answerUpgrade` uses. */
export interface UpgradeSocket {
  readonly destroyed: boolean
  on(event: 'error', listener: () => void): unknown
  once(event: 'close' | 'finish', listener: () => void): unknown
  end(text: string): unknown
  destroy(): unknown
}

/** A response, whichever framework made it. `headers` may be a Web `Headers` object. */
export interface UpgradeAnswer {
  readonly status: number
  /** Names and values. `answerUpgrade` replaces fields about the connection itself (`Connection`, `Content-Length`, …). */
  readonly headers: Iterable<readonly [name: string, value: string]>
  readonly body: string
}

const ofConnection = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'date']

/**
 * Answers a request for an upgrade over HTTP, before any 101, and closes the connection. Node gives the app only a bare
 * connection with such a request, and no response object.
 *
 * @returns a promise that settles when the connection is closed; it never rejects, also when the client has gone
 */
export function answerUpgrade(socket: UpgradeSocket, { status, headers, body }: UpgradeAnswer): Promise<void> {
  ignoreErrors(socket)
  const fields = [...headers].filter(([name]) => !ofConnection.includes(name.toLowerCase()))
  const head = [
    `HTTP/1.1 ${status} ${phraseOf(status)}`,
    ...fields.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${new TextEncoder().encode(body).length}`,
    `date: ${new Date().toUTCString()}`,
    'connection: close',
  ]
  return new Promise((resolve) => {
    if (socket.destroyed) {
      resolve()
      return
    }
    socket.once('close', resolve)
    socket.once('finish', () => socket.destroy())
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  })
}

/** Ignores the errors of a connection that Node has handed over. Without a listener, a client's reset would end the process. */
export function ignoreErrors(socket: UpgradeSocket): void {
  socket.on('error', () => {})
}

/** The reason phrase may be empty (RFC 9112 §4). */
function phraseOf(status: number): string {
  const phrases: Readonly<Record<number, string>> = titles
  return phrases[status] ?? ''
}
