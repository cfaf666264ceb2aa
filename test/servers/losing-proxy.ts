import { connect, createServer, type Server, type Socket } from 'node:net'

/** Stands before a server on 127.0.0.1 and, when asked to, cuts a connection in place of the reply to a command: it was carried out. */
export class LosingProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** How many more replies pass before one is lost. */
  #losesAfter = Number.POSITIVE_INFINITY
  /** Replies that were lost so far. */
  lost = 0

  static async start(port: number): Promise<LosingProxy> {
    const server = createServer()
    const proxy = new LosingProxy(server, port)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  private constructor(server: Server, port: number) {
    this.#server = server
    server.on('connection', (client) => {
      const upstream = connect(port, '127.0.0.1')
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket)
        socket.on('error', () => {})
      }
      client.on('close', () => upstream.destroy())
      upstream.on('close', () => client.destroy())
      client.on('data', (chunk) => upstream.write(chunk))
      upstream.on('data', (chunk) => {
        if (this.#losesAfter !== 0) {
          this.#losesAfter -= 1
          client.write(chunk)
          return
        }
        this.#losesAfter = Number.POSITIVE_INFINITY
        this.lost += 1
        client.destroy()
      })
    })
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** After so many replies one is lost, and its connection with it. */
  loseAfter(replies: number): void {
    this.#losesAfter = replies
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}
