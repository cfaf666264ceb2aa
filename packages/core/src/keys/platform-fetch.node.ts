import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { codeOf } from './fetch-failure.js'
import { BodyBytes, largestBody, UnfitBody } from './reply.js'

/**
 * A `fetch` on `node:http` and `node:https`, for requests to an issuer. It follows no redirect, reads at most 64 KiB, and undoes
 * one content coding. Node's own `fetch` is not used, because its decoders outlive the request: an answer with several content
 * codings and an unfinished body makes one of them throw where nobody can catch it, which ends the process. Here the body is
 * decoded once it is complete, and every error has a listener as long as the request lives.
 *
 * @throws the signal's reason, or TypeError for a request that fails and for a body that cannot be used
 */
export const platformFetch: typeof fetch = async (input, init) => {
  const asked = new Request(input, init)
  const content = asked.body && new Uint8Array(await asked.arrayBuffer())
  // Keeps `asked`, because without it its signal may be collected and then never fires.
  const failure = (cause: unknown) =>
    asked.signal.aborted ? asked.signal.reason : new TypeError('fetch failed', { cause })

  const [{ statusCode = 0, headers }, body] = await new Promise<Answer>((resolve, reject) => {
    const fail = (cause?: unknown) => reject(failure(cause))
    const request = (asked.url.startsWith('https:') ? requestHttps : requestHttp)(asked.url, {
      method: asked.method,
      headers: {
        ...Object.fromEntries(asked.headers),
        'accept-encoding': 'identity',
        // Keys are fetched minutes apart. Requests with a body come often, so their connection is kept for a while.
        ...(content === null && { connection: 'close' }),
      },
      signal: asked.signal,
    })
    request
      .on('error', fail)
      // Also comes if the connection ends without an answer, or is upgraded (101).
      .on('close', fail)
      .on('response', (response) => resolve([response, bodyOf(response, request, failure)]))
      .end(content)
  })
  // A Response with one of these must have no body (Fetch standard §2.2.3).
  return new Response([204, 205, 304].includes(statusCode) ? null : body, {
    status: statusCode,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [name, `${value}`]),
  })
}

type Answer = [response: IncomingMessage, body: ReadableStream<Uint8Array>]

/** Gives the body in one piece, once it is complete. */
function bodyOf(response: IncomingMessage, request: ClientRequest, failure: (cause: unknown) => unknown): Answer[1] {
  const bytes = new BodyBytes()
  return new ReadableStream({
    start(body) {
      response.on('error', (cause) => body.error(failure(cause)))
      response.on('data', (chunk: Uint8Array) => {
        if (bytes.add(chunk)) return
        body.error(new UnfitBody('too_large'))
        request.destroy()
      })
      response.on('end', () => {
        try {
          body.enqueue(decode(bytes.all, response.headers['content-encoding']))
          body.close()
        } catch (error) {
          body.error(error)
        }
      })
    },
    cancel() {
      request.destroy()
    },
  })
}

/**
 * Undoes one content coding (RFC 9110 §8.4.1), though none was asked for: some servers keep their files compressed.
 *
 * @throws UnfitBody for any other coding, a body that is not in its coding, and one that is too large
 */
function decode(body: Uint8Array, coding = 'identity'): Uint8Array {
  const decoder = decoders.get(coding.trim().toLowerCase())
  if (decoder === undefined) throw new UnfitBody('content_coding')
  try {
    return decoder(body, { maxOutputLength: largestBody })
  } catch (error) {
    throw new UnfitBody(codeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'content_coding')
  }
}

const decoders = new Map<string, (body: Uint8Array, limit: { readonly maxOutputLength: number }) => Uint8Array>([
  ['identity', (body) => body],
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflateSync],
  ['br', brotliDecompressSync],
])
