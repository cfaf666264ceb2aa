import { decodeSegment, isCanonicalBase64url } from '#base64url'

/** A JSON object, as it was sent: nothing about its members is known. */
export type JsonObject = { readonly [member: string]: unknown }

/** A JWT in the compact serialization (RFC 7515 §7.1), taken apart and trusted in nothing. */
export interface CompactJws {
  /** The whole token. */
  readonly token: string
  /** Protected header, unverified. */
  readonly header: JsonObject
  /** Claims set, unverified. */
  readonly claims: JsonObject
  /** What was signed: everything before the second dot. */
  readonly signingInput: string
  /** Signature in canonical base64url. */
  readonly signature: string
}

/** Longest token that is looked at, in characters, unless the app says otherwise: Node's parser takes that for all fields together. */
export const maxTokenLength: number = 16_384

/**
 * Parses a JWT strictly. The number of segments is looked at first, on the string as it is; then that the signature is
 * canonical base64url, and so are header and claims, which are decoded and parsed as JSON objects (of duplicate members the
 * last wins, RFC 7519 §4).
 *
 * @param token not longer than is to be looked at
 * @returns undefined where the token is malformed
 */
export function parseCompactJws(token: string): CompactJws | undefined {
  const first = token.indexOf('.')
  const second = token.indexOf('.', first + 1)
  if (first === -1 || second === -1 || token.indexOf('.', second + 1) !== -1) return undefined

  const signature = token.slice(second + 1)
  if (!isCanonicalBase64url(signature)) return undefined
  const header = parseHeader(token.slice(0, first))
  const claims = header && parseJsonObject(token.slice(first + 1, second))
  if (header === undefined || claims === undefined) return undefined
  return { token, header, claims, signingInput: token.slice(0, second), signature }
}

// The header that was parsed last: an issuer's tokens all have the same one until it changes keys. Never handed out to
// where it could be changed.
let lastSegment = ''
let lastHeader: JsonObject | undefined

function parseHeader(segment: string): JsonObject | undefined {
  if (segment === lastSegment) return lastHeader
  const header = parseJsonObject(segment)
  lastSegment = segment
  lastHeader = header
  return header
}

/**
 * Parses a segment as a JSON object.
 *
 * @returns undefined where it is not canonical base64url, not UTF-8, not JSON or not an object
 */
export function parseJsonObject(segment: string): JsonObject | undefined {
  const text = decodeSegment(segment)
  if (text === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // JSON.parse throws for exactly one reason. A byte order mark is one too.
    return undefined
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
}
