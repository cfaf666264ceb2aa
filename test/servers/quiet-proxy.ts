import { connect, createServer, type Server, type Socket } from 'node:net'

/** Stands between a client and a server on 127.0.0.1, and can make connections fall silent without closing them. */
export class QuietProxy {
  readonly #server: Server
  readonly #sockets: Socket[] = []

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(port: number): Promise<QuietProxy> {
    const server = createServer()
    const proxy = new QuietProxy(server)
    server.on('connection', (client) => {
      const upstream = connect(port, '127.0.0.1')
      client.pipe(upstream).pipe(client)
      for (const socket of [client, upstream]) {
        socket.on('error', () => {})
        socket.on('close', () => [client, upstream].forEach((each) => void each.destroy()))
      }
      proxy.#sockets.push(upstream)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** How many connections there have been. */
  get connections(): number {
    return this.#sockets.length
  }

  /** From now on nothing of what the server says on the newest connection comes through. */
  silenceNewest(): void {
    this.#sockets.at(-1)?.unpipe().resume()
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}
