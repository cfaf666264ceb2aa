import { connect, createServer, type Server, type Socket } from 'node:net'

/** Stands between a process and a database server on 127.0.0.1: a network that can be cut, and heals with everything late. */
export class Partition {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #isCut = false

  static async before(port: number): Promise<Partition> {
    const server = createServer()
    const partition = new Partition(server, port)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return partition
  }

  private constructor(server: Server, port: number) {
    this.#server = server
    server.on('connection', (client) => {
      const upstream = connect(port, '127.0.0.1')
      this.#carry(client, upstream)
      this.#carry(upstream, client)
    })
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** From now on nothing arrives, in either direction, and nobody is told. */
  cut(): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.pause()
  }

  /** What was sent meanwhile arrives now. */
  heal(): void {
    this.#isCut = false
    for (const socket of this.#sockets) socket.resume()
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #carry(from: Socket, to: Socket): void {
    this.#sockets.add(from)
    from.setNoDelay(true)
    from.on('data', (chunk) => to.write(chunk))
    from.on('error', () => {})
    from.on('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
    if (this.#isCut) from.pause()
  }
}
