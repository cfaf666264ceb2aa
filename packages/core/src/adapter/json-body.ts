import { AuthError } from '../auth-error.js'

/** Far more than a log-in or a refresh token needs: what is issued must fit into a cookie or a header. */
const maxBytes = 65_536

/**
 * Reads a request's body as JSON (RFC 8259), whatever its content type. It is for adapters whose framework has not read the
 * body. A body over 64 KiB is read to its end but not kept, so that the connection can still carry the answer.
 *
 * @param chunks the body: a Node request, or the stream of a Web `Request`, null if that has none
 * @returns the value, or undefined if the body is empty
 * @throws AuthError `request_malformed`, reason `body_malformed`, as a rejection, if the body is too large, incomplete, not
 * UTF-8 or not JSON
 */
export async function readJsonBody(chunks: AsyncIterable<Uint8Array> | null): Promise<unknown> {
  return chunks === null ? undefined : parseJsonBody(await readBody(chunks))
}

/**
 * Parses a body as JSON (RFC 8259).
 *
 * @param body as text or as bytes
 * @returns the value, or undefined if the body is empty
 * @throws AuthError `request_malformed`, reason `body_malformed`, if the body is not UTF-8 or not JSON
 */
export function parseJsonBody(body: Uint8Array | string): unknown {
  if (body.length === 0) return undefined
  try {
    const text =
      typeof body === 'string' ? body : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
    return JSON.parse(text)
  } catch {
    throw malformed()
  }
}

/**
 * Reads a body of at most 64 KiB. A larger one is read to its end but not kept. All goes into one buffer that grows: keeping
 * chunks of one byte each would take many times their length.
 *
 * @throws AuthError `request_malformed`, reason `body_malformed`, as a rejection, if the body is too large or incomplete
 */
export async function readBody(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  let bytes = new Uint8Array(1024)
  let length = 0
  try {
    for await (const chunk of chunks) {
      const start = length
      length += chunk.length
      if (length > maxBytes) continue
      if (length > bytes.length) bytes = grown(bytes, Math.min(maxBytes, Math.max(length, 2 * bytes.length)))
      bytes.set(chunk, start)
    }
  } catch {
    // The client went away in the middle.
    throw malformed()
  }
  if (length > maxBytes) throw malformed()
  return bytes.subarray(0, length)
}

function grown(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length)
  larger.set(bytes)
  return larger
}

function malformed(): AuthError {
  return new AuthError('request_malformed', { reason: 'body_malformed' })
}
