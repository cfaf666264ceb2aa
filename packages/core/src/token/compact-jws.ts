import { decodeSignature } from '../signature/decode-signature.js'
import { decodeSegment } from './base64url.js'

/** A JSON object as it was sent. Nothing is known about its members. */
export type JsonObject = { readonly [member: string]: unknown }

/** The parts of a JWT in the compact serialization (RFC 7515 §7.1). None of them is verified. */
export interface CompactJws {
  /** The whole token. */
  readonly token: string
  /** The protected header, not verified. */
  readonly header: JsonObject
  /** The claims set, not verified. */
  readonly claims: JsonObject
  /** What was signed: everything before the second dot. */
  readonly signingInput: string
  /** The signature in canonical base64url. */
  readonly signature: string
}

/** The default of `maxTokenLength`, in characters. It is Node's limit for all header fields together, in bytes. */
export const maxTokenLength: number = 16_384

/**
 * Parses a JWT strictly. It first counts the segments. Then the signature must be canonical base64url, and so must header and
 * claims, which are decoded and parsed as JSON objects. Of duplicate members the last one counts (RFC 7519 §4).
 *
 * @param token whose length the caller has checked
 * @returns undefined if the token is malformed
 */
export function parseCompactJws(token: string): CompactJws | undefined {
  const first = token.indexOf('.')
  const second = token.indexOf('.', first + 1)
  if (first === -1 || second === -1 || token.indexOf('.', second + 1) !== -1) return undefined

  const signature = token.slice(second + 1)
  if (decodeSignature(signature) === undefined) return undefined
  const header = parseHeader(token.slice(0, first))
  const claims = header && parseJsonObject(token.slice(first + 1, second))
  if (header === undefined || claims === undefined) return undefined
  return { token, header, claims, signingInput: token.slice(0, second), signature }
}

// The header that was parsed last, because all tokens of an issuer have the same one until it changes keys. It is never given
// to code that could change it.
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
 * @returns undefined if it is not canonical base64url, not UTF-8, not JSON or not an object
 */
export function parseJsonObject(segment: string): JsonObject | undefined {
  const text = decodeSegment(segment)
  if (text === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // JSON.parse throws only for a text that is not JSON. A byte order mark makes it one.
    return undefined
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
}
