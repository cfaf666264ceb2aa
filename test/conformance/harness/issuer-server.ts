import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { keys, type SigningKey } from './signing-keys.js'

/** An answer instead of the ordinary one; `reset` closes the connection without any. */
export type Fault =
  | 'reset'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }

/** One issuer under the suite's issuer server: what it publishes, what ails it, and what it was asked. */
export interface Realm {
  /** Issuer identifier: ends in a slash, as many do. */
  readonly url: string
  published: readonly SigningKey['jwk'][]
  metadata: Fault | undefined
  jwks: Fault | undefined
  /** Members laid over the metadata document. */
  metadataMembers: Readonly<Record<string, unknown>>
  /** Publishes its metadata at OpenID Connect's location, or at RFC 8414's alone. */
  location: 'openid' | 'oauth'
  metadataRequests: number
  jwksRequests: number
}

/** Plays every issuer of the suite on one loopback port: `/<realm>/`, with metadata and a key set each. */
export class IssuerServer {
  readonly #server: Server
  readonly #realms = new Map<string, Realm>()
  readonly origin: string
  /** Paths that only a token could have named (`jku`, `x5u`): asked for by nobody, ever. */
  readonly luredRequests: string[] = []

  static async start(): Promise<IssuerServer> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new IssuerServer(server)
  }

  private constructor(server: Server) {
    this.#server = server
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    server.on('request', (request, response) => this.#answer(request, response))
  }

  /** The issuer of that name, made when first asked for: healthy and publishing every key. */
  realm(name: string): Realm {
    const known = this.#realms.get(name)
    if (known !== undefined) return known
    const realm: Realm = {
      url: `${this.origin}/${name}/`,
      published: Object.values<SigningKey>(keys)
        .filter((key) => key !== keys.stranger && key !== keys.p256Later)
        .map(({ jwk }) => jwk),
      metadata: undefined,
      jwks: undefined,
      metadataMembers: {},
      location: 'openid',
      metadataRequests: 0,
      jwksRequests: 0,
    }
    this.#realms.set(name, realm)
    return realm
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const fault = this.#choose(new URL(request.url ?? '/', this.origin).pathname)
    if (fault === 'reset') response.destroy()
    else response.writeHead(fault.status, { 'content-type': 'text/plain', ...fault.headers }).end(fault.body ?? '')
  }

  #choose(path: string): Fault {
    const oauth = /^\/\.well-known\/oauth-authorization-server\/([^/]+)$/.exec(path)
    const [, name = oauth?.[1] ?? '', rest = ''] = /^\/([^/.]+)\/(.*)$/.exec(path) ?? []
    if (name === 'lure') this.luredRequests.push(path)
    const realm = this.#realms.get(name)
    if (realm === undefined) return { status: 404 }
    if (rest === 'jwks') {
      realm.jwksRequests += 1
      return realm.jwks ?? json({ keys: realm.published })
    }
    if (oauth === null && rest !== '.well-known/openid-configuration') return { status: 404 }
    realm.metadataRequests += 1
    if ((oauth === null) !== (realm.location === 'openid')) return { status: 404 }
    return realm.metadata ?? json({ issuer: realm.url, jwks_uri: `${realm.url}jwks`, ...realm.metadataMembers })
  }
}

/** A 200 with this value as JSON. */
export function json(value: unknown): Exclude<Fault, 'reset'> {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }
}
