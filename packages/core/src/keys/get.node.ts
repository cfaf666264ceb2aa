import { type ClientRequest, get as getHttp, type IncomingMessage } from 'node:http'
import { get as getHttps } from 'node:https'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { codeOf } from './fetch-failure.js'
import {
  accept,
  BodyBytes,
  type Get,
  largestBody,
  type Refusal,
  type Reply,
  type ReplyFields,
  refuse,
} from './reply.js'

/**
 * Makes a GET with node:http and node:https. It does not use Node's `fetch`, whose decoders live longer than the request: after
 * an answer with several content codings and an unfinished body, one of them threw where nobody could catch it, and the process
 * ended. Here nothing is decoded while the answer comes in, and every error has a listener as long as the request lives.
 */
export const get: Get = (url, budget) =>
  budget.step(
    () =>
      new Promise<Reply | Refusal>((resolve, reject) => {
        const headers = { accept, 'accept-encoding': 'identity', connection: 'close' }
        const request = (url.startsWith('https:') ? getHttps : getHttp)(url, { headers, signal: budget.signal })
        request.on('error', reject)
        // Also if the connection ends without an answer, or switches to another protocol (101).
        request.on('close', () => reject(new Error('The connection was closed.')))
        request.on('response', (response) => {
          response.on('error', reject)
          read(response, request, resolve)
        })
      }),
  )

function read(response: IncomingMessage, request: ClientRequest, done: (answer: Reply | Refusal) => void): void {
  function refuseAndLeave(refusal: Refusal): void {
    done(refusal)
    request.destroy()
  }

  const fields = fieldsOf(response)
  const refusal = refuse(response.statusCode ?? 0, fields)
  if (refusal !== undefined) {
    refuseAndLeave(refusal)
    return
  }
  const bytes = new BodyBytes()
  response.on('data', (chunk: Uint8Array) => {
    if (!bytes.add(chunk)) refuseAndLeave({ refused: 'too_large' })
  })
  response.on('end', () => {
    const body = decode(bytes.all, fields.get('content-encoding'))
    done(body instanceof Uint8Array ? { fields, body } : body)
  })
}

function fieldsOf({ headers }: IncomingMessage): ReplyFields {
  return { get: (name) => headers[name]?.toString() ?? null }
}

/** Undoes one content coding (RFC 9110 §8.4.1). We asked for none, but some servers send their files compressed anyway. */
function decode(body: Uint8Array, coding: string | null): Uint8Array | Refusal {
  const decoder = decoders.get(coding?.trim().toLowerCase() ?? 'identity')
  if (decoder === undefined) return { refused: 'content_coding' }
  try {
    return decoder(body, { maxOutputLength: largestBody })
  } catch (error) {
    return { refused: codeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'content_coding' }
  }
}

const decoders = new Map<string, (body: Uint8Array, limit: { readonly maxOutputLength: number }) => Uint8Array>([
  ['identity', (body) => body],
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflateSync],
  ['br', brotliDecompressSync],
])
