import { keys, type SigningKey, sign } from './signing-keys.js'

/** A JSON object about to be sent; members that are undefined are left out. */
export type Members = { readonly [member: string]: unknown }

/** What differs from an ordinary, good token. */
export interface JwtParts {
  /** Laid over `{ alg, kid, typ: 'JWT' }`. */
  readonly header?: Members
  /** Laid over the ordinary claims. */
  readonly claims?: Members
  /** The header's bytes instead, e.g. what no JSON serializer would write. */
  readonly headerText?: string | Uint8Array
  /** The payload's bytes instead, made from the claims that it would have had. */
  readonly claimsText?: (claims: Members) => string | Uint8Array
  /** Signs it and gives `alg` and `kid`. Default: the issuer's RS256 key. */
  readonly key?: SigningKey
  /** Signs as this algorithm, whatever the header says. Default: the key's. */
  readonly signAs?: string
  /** The signature instead. */
  readonly signature?: (signingInput: string) => Uint8Array
}

/** The audience that the configurations ask for. */
export const audience = 'https://api.example/conformance'

/** Makes tokens for one server: its issuer and what its clock says. */
export class Mint {
  /** The server's present, in whole seconds since the epoch. */
  readonly now: number
  readonly issuer: string

  constructor(issuer: string, now: number) {
    this.issuer = issuer
    this.now = now
  }

  /** The ordinary claims: good for five minutes, with values that nothing else on the wire looks like. */
  claims(over: Members = {}): Members {
    const { now } = this
    return {
      iss: this.issuer,
      aud: audience,
      sub: 'subject-7c1d9e',
      iat: now,
      exp: now + 300,
      jti: 'identifier-52ab08',
      email: 'someone-31f4@mail.example',
      ...over,
    }
  }

  /** A JWT in the compact serialization; with no parts, a good one. */
  jwt(parts: JwtParts = {}): string {
    const key = parts.key ?? keys.rsa
    const header = parts.headerText ?? JSON.stringify({ alg: key.alg, kid: key.kid, typ: 'JWT', ...parts.header })
    const claims = this.claims(parts.claims)
    const payload = parts.claimsText?.(claims) ?? JSON.stringify(claims)
    const signingInput = `${base64url(header)}.${base64url(payload)}`
    const signature = parts.signature?.(signingInput) ?? sign(parts.signAs ?? key.alg, key.key, signingInput)
    return `${signingInput}.${base64url(signature)}`
  }

  /** The good token whose length is exactly this many characters. */
  jwtOfLength(length: number): string {
    // Base64url skips every fourth length, so the header is stretched until the payload can make up the rest.
    for (let stretch = 0; stretch < 4; stretch++) {
      const header = { stretch: 'x'.repeat(stretch) }
      const missing = length - this.jwt({ header, claims: { padding: '' } }).length
      for (let padding = Math.floor((missing * 3) / 4) - 3; padding <= missing; padding++) {
        const token = this.jwt({ header, claims: { padding: 'p'.repeat(padding) } })
        if (token.length === length) return token
        if (token.length > length) break
      }
    }
    throw new Error('no token of that length can be made')
  }

  /** The parts of a good token, to be put together wrongly. */
  segments(parts: JwtParts = {}): readonly [header: string, payload: string, signature: string] {
    const [header = '', payload = '', signature = ''] = this.jwt(parts).split('.')
    return [header, payload, signature]
  }
}

/** Base64url without padding, of text (as UTF-8) or bytes. */
export function base64url(value: string | Uint8Array): string {
  return Buffer.from(value).toString('base64url')
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/**
 * The same bytes in another writing: one of the last character's spare bits set, which a lenient decoder drops. The text's
 * length must leave spare bits.
 */
export function withTrailingBits(segment: string): string {
  if (segment.length % 4 === 0) throw new Error('this segment has no spare bits')
  const last = alphabet.indexOf(segment.slice(-1))
  return segment.slice(0, -1) + alphabet.charAt(last + 1)
}
