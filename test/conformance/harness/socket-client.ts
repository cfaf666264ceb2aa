import { WebSocket } from 'ws'

/** A WebSocket client that remembers what came. */
export class SocketClient {
  readonly #socket: WebSocket
  readonly #texts: string[] = []
  readonly #waiting: ((text: string) => void)[] = []
  /** The code that the server closed with. */
  readonly closed: Promise<number>

  private constructor(socket: WebSocket) {
    this.#socket = socket
    this.closed = new Promise((resolve) => socket.on('close', resolve))
    socket.on('message', (data) => {
      const waiting = this.#waiting.shift()
      if (waiting === undefined) this.#texts.push(data.toString())
      else waiting(data.toString())
    })
  }

  /** Rejects where the server does not answer 101. */
  static open(port: number, headers: Readonly<Record<string, string>>): Promise<SocketClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, { headers })
    const client = new SocketClient(socket)
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(client))
      socket.on('error', reject)
    })
  }

  send(data: string | Uint8Array): void {
    this.#socket.send(data)
  }

  /** The next text that has not been read. */
  next(): Promise<string> {
    const text = this.#texts.shift()
    return text === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(text)
  }

  /** Closes as a client does that is done. */
  close(): void {
    this.#socket.close()
  }
}
