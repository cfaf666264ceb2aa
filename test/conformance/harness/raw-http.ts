import { connect, type Socket } from 'node:net'

/** A header field as it goes over the wire; each character of the value is one byte (ISO 8859-1). */
export type Field = readonly [name: string, value: string]

/** A request as bytes will say it: nothing is added, joined, trimmed or checked. */
export interface RawRequest {
  readonly method: string
  readonly target: string
  readonly fields: readonly Field[]
  readonly body?: string | undefined
  /** Default `HTTP/1.1`. */
  readonly version?: string
}

/** A response as it came: field names in lower case, chunks joined. */
export interface RawResponse {
  readonly statusLine: string
  readonly status: number
  readonly fields: readonly Field[]
  readonly body: string
}

/** The one value of a field; undefined where it is absent, joined by `", "` where it is repeated. */
export function fieldOf(response: RawResponse, name: string): string | undefined {
  const values = response.fields.filter(([each]) => each === name).map(([, value]) => value)
  return values.length === 0 ? undefined : values.join(', ')
}

/** A response never takes this long, in milliseconds; a key fetch may take its own 3 s. */
const patience = 10_000

/**
 * One connection to a server on loopback, below any HTTP client: what Node's parsers would hide or refuse is sent as it is.
 * Requests go one after the other; a connection that the server has closed is opened anew.
 */
export class RawConnection {
  readonly #port: number
  #socket: Socket | undefined

  constructor(port: number) {
    this.#port = port
  }

  /** Sends a request and reads its response. Rejects where the server closes the connection without one. */
  async send(request: RawRequest): Promise<RawResponse> {
    const response = await this.sendBytes(requestBytes(request), request.method === 'HEAD')
    // A refused upgrade is the last that a connection hears, whatever it says.
    if (request.fields.some(([name]) => name.toLowerCase() === 'upgrade')) this.close()
    return response
  }

  /** As `send`, for what is not even a request. */
  sendBytes(bytes: Uint8Array, isHead = false): Promise<RawResponse> {
    const socket = this.#open()
    return new Promise((resolve, reject) => {
      let received = Buffer.alloc(0)
      const settle = (action: () => void): void => {
        socket.off('data', onData).off('close', onClose).off('error', onError)
        clearTimeout(timer)
        action()
      }
      const onData = (chunk: Buffer): void => {
        received = Buffer.concat([received, chunk])
        const response = parseResponse(received, isHead, false)
        if (response !== undefined) settle(() => resolve(response))
      }
      const onClose = (): void => {
        const response = parseResponse(received, isHead, true)
        settle(() => (response === undefined ? reject(new Error('closed without a response')) : resolve(response)))
      }
      const onError = (error: Error): void => {
        if (received.length === 0) settle(() => reject(error))
      }
      const timer = setTimeout(() => settle(() => reject(new Error('no response in time'))), patience)
      socket.on('data', onData).on('close', onClose).on('error', onError)
      socket.write(bytes)
    })
  }

  close(): void {
    this.#socket?.destroy()
    this.#socket = undefined
  }

  #open(): Socket {
    const open = this.#socket
    if (open !== undefined && !open.destroyed && open.writable && !open.readableEnded) return open
    const socket = connect(this.#port, '127.0.0.1')
    socket.setNoDelay(true)
    // Errors between two requests only mean that the next one opens a new connection.
    socket.on('error', () => {})
    this.#socket = socket
    return socket
  }
}

/** A request on a connection of its own. */
export async function sendOnce(port: number, request: RawRequest): Promise<RawResponse> {
  const connection = new RawConnection(port)
  try {
    return await connection.send(request)
  } finally {
    connection.close()
  }
}

/** The bytes of a request, to the letter. */
export function requestBytes({ method, target, fields, body, version = 'HTTP/1.1' }: RawRequest): Uint8Array {
  const lines = [`${method} ${target} ${version}`, ...fields.map(([name, value]) => `${name}: ${value}`)]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body ?? '', 'utf8')])
}

function parseResponse(received: Buffer, isHead: boolean, closed: boolean): RawResponse | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const [statusLine = '', ...lines] = received.subarray(0, end).toString('latin1').split('\r\n')
  const fields = lines.map((line): Field => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  })
  const head = { statusLine, status: Number(statusLine.split(' ')[1]), fields, body: '' }
  if (isHead || head.status === 204 || head.status === 304) return head
  const body = readBody(head, received.subarray(end + 4), closed)
  return body === undefined ? undefined : { ...head, body }
}

/** The body as text; undefined while it is not all there. */
function readBody(head: RawResponse, rest: Buffer, closed: boolean): string | undefined {
  if (fieldOf(head, 'transfer-encoding')?.toLowerCase() === 'chunked') return joinChunks(rest)
  const length = fieldOf(head, 'content-length')
  if (length === undefined) return closed ? rest.toString('utf8') : undefined
  return rest.length < Number(length) ? undefined : rest.subarray(0, Number(length)).toString('utf8')
}

function joinChunks(rest: Buffer): string | undefined {
  const chunks: Buffer[] = []
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf('\r\n', at)
    if (lineEnd === -1) return undefined
    const size = Number.parseInt(rest.subarray(at, lineEnd).toString('latin1'), 16)
    const next = lineEnd + 2 + size + 2
    if (rest.length < next) return undefined
    if (size === 0) return Buffer.concat(chunks).toString('utf8')
    chunks.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = next
  }
}
