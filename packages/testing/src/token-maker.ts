import type { Algorithm, Clock } from '@latchkey/core'
import type { TestKey } from './test-key.js'

/** Options of `issuer.token`. Without options, the token is good. */
export interface TokenOptions {
  /** Claims to add to the usual ones (`iss aud sub iat exp`), or to replace them; undefined removes one. Default: none. */
  readonly claims?: Readonly<Record<string, unknown>>
  /**
   * Protected header members to add to the usual ones (`alg typ kid`), or to replace them; undefined removes one. Default:
   * none.
   */
  readonly header?: Readonly<Record<string, unknown>>
  /** Seconds from now to `exp`. Default 300. */
  readonly expiresIn?: number
  /** The algorithm that signs, one of the issuer's. Default: its first. */
  readonly alg?: Algorithm
  /** The key that signs, published or not. Default: the issuer's key for the algorithm. */
  readonly key?: TestKey
}

/** The values of a token whose options leave them out. */
export interface TokenDefaults {
  readonly issuer: string
  readonly audience: string
  readonly subject: string
  readonly clock: Clock
}

/** Makes a signed JWT (RFC 7519 §7.1) from defaults, options and a key. */
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
 * Signs anything in the compact serialization (RFC 7515 §7.1). It checks nothing, so it can also make tokens that no issuer
 * would sign.
 *
 * @param header the protected header: an object, or a text that is encoded unchanged
 * @param payload the payload: an object, or a text that is encoded unchanged
 * @param key the key that signs; without one, the last segment is empty
 */
export function signCompact(header: object | string, payload: object | string, key?: Pick<TestKey, 'sign'>): string {
  const signingInput = `${encode(header)}.${encode(payload)}`
  return `${signingInput}.${key?.sign(signingInput) ?? ''}`
}

/** Encodes text, or an object as JSON, in base64url. */
export function encode(part: object | string): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
}
