import type { Algorithm, Clock } from '@latchkey/core'
import type { TestKey } from './test-key.js'

/** What can be said about a token. Whatever is left out is what a good token has. */
export interface TokenOptions {
  /** Claims that replace or join the usual ones (`iss aud sub iat exp`); undefined removes one. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Protected header members that replace or join the usual ones (`alg typ kid`); undefined removes one. */
  readonly header?: Readonly<Record<string, unknown>>
  /** Seconds from now to `exp`. Default 300. */
  readonly expiresIn?: number
  /** Which of the issuer's algorithms signs. Default: its first. */
  readonly alg?: Algorithm
  /** The key that signs, published or not. Default: the issuer's active key for the algorithm. */
  readonly key?: TestKey
}

/** Where a token gets what its options leave out. */
export interface TokenDefaults {
  readonly issuer: string
  readonly audience: string
  readonly subject: string
  readonly clock: Clock
}

/** Makes a signed JWT (RFC 7519 §7.1) of defaults, options and a key. */
export function makeToken(options: TokenOptions, key: TestKey, defaults: TokenDefaults): string {
  const now = Math.floor(defaults.clock())
  const header = { alg: key.alg, typ: 'JWT', kid: key.kid, ...options.header }
  const claims = {
    iss: defaults.issuer,
    aud: defaults.audience,
    sub: defaults.subject,
    iat: now,
    exp: now + (options.expiresIn ?? 300),
    ...options.claims,
  }
  return signCompact(header, claims, key)
}

/**
 * Signs anything in the compact serialization (RFC 7515 §7.1), also what no issuer would: nothing is checked.
 *
 * @param header the protected header: an object, or text to be encoded as it is
 * @param payload likewise
 * @param key what signs; without one the last segment is empty
 */
export function signCompact(header: object | string, payload: object | string, key?: Pick<TestKey, 'sign'>): string {
  const signingInput = `${encode(header)}.${encode(payload)}`
  return `${signingInput}.${key?.sign(signingInput) ?? ''}`
}

/** Encodes text, or an object as JSON, in base64url. */
export function encode(part: object | string): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
}
