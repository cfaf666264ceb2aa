import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type BenchKey, createBenchKey } from './tokens.js'

/** Publishes keys on loopback, where guards fetch them from: at once, or as slowly as over a network after a rotation. */
export class RotatingIssuer {
  key: BenchKey = createBenchKey('RS256', 'key-1')
  /** Milliseconds that the key set takes to come after a rotation. */
  readonly delay = 50
  readonly #server: Server
  #published = [this.key]

  static async start(): Promise<RotatingIssuer> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new RotatingIssuer(server)
  }

  private constructor(server: Server) {
    this.#server = server
    server.on('request', (request, response) => {
      const { url } = this
      const document =
        request.url === '/jwks'
          ? { keys: this.#published.map(({ jwk }) => jwk) }
          : { issuer: url, jwks_uri: this.jwksUri }
      const answer = () =>
        response
          .setHeader('content-type', 'application/json')
          // So that no guard's server closes it in the midst of being measured.
          .setHeader('connection', 'close')
          .end(JSON.stringify(document))
      if (this.#published.length === 1) answer()
      else setTimeout(answer, this.delay)
    })
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  get jwksUri(): string {
    return `${this.url}jwks`
  }

  /** Signs with a new key from now on, and publishes it beside the old one. */
  rotate(): BenchKey {
    this.key = createBenchKey('RS256', `key-${this.#published.length + 1}`)
    this.#published = [this.key, ...this.#published]
    return this.key
  }

  stop(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}
