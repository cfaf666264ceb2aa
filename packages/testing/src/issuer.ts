import type { Algorithm, Clock, Jwk, JwkSet } from '@latchkey/core'
import { systemClock } from '@latchkey/core/adapter'
import { type BadToken, type BadTokenName, makeBadToken, makeBadTokens } from './bad-tokens.js'
import { createDpopClient, type TestDpopClient, type TestDpopClientOptions } from './dpop.js'
import { createEndpoint, type TestEndpoint } from './endpoint.js'
import type { Answer, Fault } from './faults.js'
import { createFetch } from './in-process-fetch.js'
import { IssuerKeys, type RotateOptions } from './issuer-keys.js'
import type { ListenOptions, LoopbackServer } from './loopback-server.js'
import { createTestKey, type TestKey } from './test-key.js'
import { makeToken, type TokenOptions } from './token-maker.js'

/** Options of `createTestIssuer`. */
export interface TestIssuerOptions {
  /** The `iss`. After `listen()`, its origin is the real one; its path stays. Default `https://issuer.test`. */
  readonly url?: string
  /** The `aud` of its tokens. Default `https://api.test`. */
  readonly audience?: string
  /** The `sub` of its tokens. Default `user-1`. */
  readonly subject?: string
  /** The algorithms; it gets a key for each. The first signs by default. Default `['ES256']`. */
  readonly algorithms?: readonly Algorithm[]
  /** Keys to use in place of new ones; `algorithms` is then ignored. The first signs by default. Default: new keys. */
  readonly keys?: readonly TestKey[]
  /** Gives the present in seconds since the epoch, for tokens and for the times of requests. Default: the system clock. */
  readonly clock?: Clock
  /**
   * Where the metadata is served: `'openid'` at the location of OpenID Connect Discovery, `'oauth'` at that of RFC 8414.
   * Default: both.
   */
  readonly metadataAt?: readonly ('openid' | 'oauth')[]
  /** The field Cache-Control of its key set. Default: none. */
  readonly cacheControl?: string
}

/** An issuer for tests: real keys and real tokens, in this process through `fetch` or on a real port. */
export interface TestIssuer {
  /** The `iss`. It changes with `listen()`. */
  readonly url: string
  /** The `aud` of its tokens. */
  readonly audience: string
  /** The URL of its key set. */
  readonly jwksUri: string
  /** A `fetch` that reaches only this issuer, without a socket. Give it to `createVerifier`. */
  readonly fetch: typeof fetch
  /** The HMAC secret to give to `createVerifier`; undefined if its first algorithm signs with a key pair. */
  readonly secret: Uint8Array | undefined
  /** Gives the key set as published now. */
  jwks(): JwkSet
  /** Gives the key that signs with an algorithm; default: its first. Throws TypeError if it has none. */
  key(alg?: Algorithm): TestKey
  /** Makes a token. It is good unless the options say otherwise. */
  token(options?: TokenOptions): string
  /** Makes a token of every bad kind, each with the answer that Latchkey gives. */
  badTokens(options?: TokenOptions): readonly BadToken[]
  /** Makes one bad token. Throws TypeError if there is no such name, or if that kind does not fit the issuer's key. */
  badToken(name: BadTokenName, options?: TokenOptions): BadToken
  /** Makes a client with a key of its own. It makes bound tokens, proofs and bad proofs (RFC 9449). */
  dpop(options?: TestDpopClientOptions): TestDpopClient
  /** Signs with another key from now on. Gives the new key. */
  rotate(options?: RotateOptions): TestKey
  /** Publishes one more key, of any kind. */
  publish(jwk: Jwk): void
  /** Stops publishing the keys with that kid. They can still sign. */
  withdraw(kid: string): void
  /** The endpoint of the metadata document, for both of its locations. */
  readonly metadataEndpoint: TestEndpoint
  /** The endpoint of the key set. */
  readonly jwksEndpoint: TestEndpoint
  /** Makes both endpoints fail. */
  fail(fault: Fault): void
  /** Ends the faults of both endpoints. */
  recover(): void
  /** Listens on a real port of 127.0.0.1; after `close()`, on the same port again. Gives this issuer. */
  listen(options?: ListenOptions): Promise<TestIssuer>
  /** Stops listening. Connections are then refused. */
  close(): Promise<void>
}

/**
 * Makes an issuer for tests. It works at once through its `fetch`. Call `listen()` to serve it on a real port.
 *
 * @throws TypeError if `url` is not a URL, or if there is no key
 */
export function createTestIssuer(options: TestIssuerOptions = {}): TestIssuer {
  const { audience = 'https://api.test', subject = 'user-1', metadataAt = ['openid', 'oauth'] } = options
  const clock = options.clock ?? systemClock
  const keys = new IssuerKeys(options.keys ?? (options.algorithms ?? ['ES256']).map((alg) => createTestKey(alg)))
  const given = options.url ?? 'https://issuer.test'
  let { origin } = new URL(given)
  // The path as it was written, because it matters whether the `iss` ends in a slash.
  const path = given.slice(origin.length)
  const folder = path.replace(/\/$/, '')
  let server: LoopbackServer | undefined
  let port: number | undefined

  const url = (): string => `${origin}${path}`
  const jwksUri = (): string => `${origin}${folder}/jwks`
  const jwksEndpoint = createEndpoint(() => keys.jwks(), clock)
  const metadataEndpoint = createEndpoint(() => metadata(url(), jwksUri(), keys.algorithms()), clock)
  if (options.cacheControl !== undefined) jwksEndpoint.headers.set('cache-control', options.cacheControl)
  const locations = {
    openid: `${folder}/.well-known/openid-configuration`,
    oauth: `/.well-known/oauth-authorization-server${folder}`,
  }
  const metadataPaths = metadataAt.map((name) => locations[name])

  function handle(target: string, signal: AbortSignal | undefined): Promise<Answer> | undefined {
    const { href, pathname } = new URL(target, origin)
    if (pathname === `${folder}/jwks`) return jwksEndpoint.answer(href, signal)
    return metadataPaths.includes(pathname) ? metadataEndpoint.answer(href, signal) : undefined
  }

  const keyFor = ({ key, alg }: TokenOptions): TestKey => key ?? keys.active(alg)
  const defaults = () => ({ issuer: url(), audience, subject, clock })
  const material = (token: TokenOptions) => ({ options: token, key: keyFor(token), defaults: defaults() })

  const issuer: TestIssuer = {
    get url() {
      return url()
    },
    get jwksUri() {
      return jwksUri()
    },
    get secret() {
      return keys.active().secret
    },
    audience,
    fetch: createFetch(handle, (asked) => asked.origin === origin),
    jwks: () => keys.jwks(),
    key: (alg) => keys.active(alg),
    token: (token = {}) => makeToken(token, keyFor(token), defaults()),
    badTokens: (token = {}) => makeBadTokens(material(token)),
    badToken: (name, token = {}) => makeBadToken(name, material(token)),
    dpop: (client = {}) => createDpopClient(client, (token) => issuer.token(token), clock),
    rotate: (rotation = {}) => keys.rotate(rotation),
    publish: (jwk) => keys.publish(jwk),
    withdraw: (kid) => keys.withdraw(kid),
    metadataEndpoint,
    jwksEndpoint,
    fail: (fault) => {
      metadataEndpoint.fail(fault)
      jwksEndpoint.fail(fault)
    },
    recover: () => {
      metadataEndpoint.recover()
      jwksEndpoint.recover()
    },
    listen: async (listening = {}) => {
      if (server !== undefined) return issuer
      // Loaded only here, because the in-process issuer needs no HTTP server.
      const { listenOnLoopback } = await import('./loopback-server.js')
      server = await listenOnLoopback(handle, port === undefined ? listening : { port, ...listening })
      port = server.port
      origin = `http://127.0.0.1:${port}`
      return issuer
    },
    close: async () => {
      const closing = server
      server = undefined
      await closing?.close()
    },
  }
  return issuer
}

/** Makes a metadata document with only the members that OpenID Connect Discovery 1.0 §3 and RFC 8414 §2 require. */
function metadata(issuer: string, jwksUri: string, algorithms: readonly Algorithm[]): object {
  return {
    issuer,
    jwks_uri: jwksUri,
    authorization_endpoint: new URL('/authorize', issuer).href,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: algorithms,
  }
}
