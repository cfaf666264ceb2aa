import type { CryptoKey, PrivateKey } from 'oauth4webapi'

/** Options of `createIntrospection`. Durations are in seconds. */
export interface IntrospectionOptions {
  /** The client id of your API at the issuer. */
  readonly clientId: string
  /** The client's secret (RFC 6749 §2.3.1). Give either this or `privateKey`. */
  readonly clientSecret?: string
  /**
   * How the secret is sent: `'basic'` as HTTP Basic (`client_secret_basic`), `'post'` in the body (`client_secret_post`). Default
   * `'basic'`.
   */
  readonly secretIn?: 'basic' | 'post'
  /**
   * The key that signs the client's assertions (`private_key_jwt`, RFC 7523), with its kid if it has one. In place of a secret.
   */
  readonly privateKey?: CryptoKey | PrivateKey
  /**
   * The URL of the introspection endpoint: https, or http if the issuer is on loopback. Default: the one that the issuer's
   * metadata names.
   */
  readonly endpoint?: string
  /** Asks for answers as signed JWTs (RFC 9701), and accepts no others. Default false. */
  readonly jwtAnswers?: boolean
  /**
   * For how many seconds an answer is remembered: at most 60, and never after the token's `exp`. 0: every request asks. Default
   * 60.
   */
  readonly cacheFor?: number
  /** How many seconds of real time one question may take, with metadata and keys. Default 3. */
  readonly timeout?: number
  /**
   * Sends the requests. Default: on Node `node:http` and `node:https`, because some answers stop the process through
   * Node's own `fetch`; elsewhere the global `fetch`.
   */
  readonly fetch?: typeof fetch
}
