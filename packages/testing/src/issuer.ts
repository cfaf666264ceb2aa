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

/** What an issuer for tests can be told. */
export interface TestIssuerOptions {
  /** The `iss`. Default `https://issuer.test`. On `listen()` its origin becomes the real one; a path stays. */
  readonly url?: string
  /** The `aud` of its tokens. Default `https://api.test`. */
  readonly audience?: string
  /** The `sub` of its tokens. Default `user-1`. */
  readonly subject?: string
  /** It gets a key for each; the first is the one that signs by default. Default `['ES256']`. */
  readonly algorithms?: readonly Algorithm[]
  /** Keys to use instead of new ones, the first the default; `algorithms` is then left out. */
  readonly keys?: readonly TestKey[]
  /** The present in seconds since the epoch, for tokens and for the times of requests. Default: the system clock. */
  readonly clock?: Clock
  /** Where metadata is served: OpenID Connect Discovery's location, RFC 8414's, both (default) or none. */
  readonly metadataAt?: readonly ('openid' | 'oauth')[]
  /** The Cache-Control field of its key set. Default: none. */
  readonly cacheControl?: string
}

/** An issuer for tests: real keys and real tokens, in this process through `fetch` or on a real port. */
export interface TestIssuer {
  /** The `iss`; another one after `listen()`. */
  readonly url: string
  /** The `aud` of its tokens. */
  readonly audience: string
  /** Where its key set is. */
  readonly jwksUri: string
  /** A `fetch` that reaches this issuer without a socket, and nothing else: give it to `createVerifier`. */
  readonly fetch: typeof fetch
  /** The HMAC secret to give to `createVerifier`; undefined where its first algorithm signs with a key pair. */
  readonly secret: Uint8Array | undefined
  /** The key set as published now. */
  jwks(): JwkSet
  /** The key that signs, of its first algorithm or another. */
  key(alg?: Algorithm): TestKey
  /** Makes a token: a good one, but for what the options say. */
  token(options?: TokenOptions): string
  /** Makes a token of every bad kind, each with the answer that Latchkey gives. */
  badTokens(options?: TokenOptions): readonly BadToken[]
  /** Makes one bad token. */
  badToken(name: BadTokenName, options?: TokenOptions): BadToken
  /** Makes a client with a key of its own: tokens that are bound to it, proofs, bad proofs (RFC 9449). */
  dpop(options?: TestDpopClientOptions): TestDpopClient
  /** Signs with another key from now on. */
  rotate(options?: RotateOptions): TestKey
  /** Publishes one more key, of whatever kind. */
  publish(jwk: Jwk): void
  /** Publishes the keys of a kid no longer; what signs goes on signing. */
  withdraw(kid: string): void
  /** The endpoint of the metadata document, whichever of its two locations is asked. */
  readonly metadataEndpoint: TestEndpoint
  /** The endpoint of the key set. */
  readonly jwksEndpoint: TestEndpoint
  /** Makes both endpoints fail. */
  fail(fault: Fault): void
  /** Ends the faults of both endpoints. */
  recover(): void
  /** Listens on a real port; again after `close()`, on the same one. Gives itself. */
  listen(options?: ListenOptions): Promise<TestIssuer>
  /** Stops listening: connections are refused. */
  close(): Promise<void>
}

/**
 * Makes an issuer for tests. It works at once, through its `fetch`; call `listen()` for one on a real port.
 *
 * @throws TypeError where the url is not one, or there is no key
 */
export function createTestIssuer(options: TestIssuerOptions = {}): TestIssuer {
  const { audience = 'https://api.test', subject = 'user-1', metadataAt = ['openid', 'oauth'] } = options
  const clock = options.clock ?? systemClock
  const keys = new IssuerKeys(options.keys ?? (options.algorithms ?? ['ES256']).map((alg) => createTestKey(alg)))
  const given = options.url ?? 'https://issuer.test'
  let { origin } = new URL(given)
  // As it was written: whether the `iss` ends in a slash matters.
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
      // Loaded only here: the in-process issuer needs no HTTP server.
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

/** What OpenID Connect Discovery 1.0 §3 and RFC 8414 §2 require, and no more. */
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
