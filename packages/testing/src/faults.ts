import { createTestKey } from './test-key.js'

/** What a client gets: a response, or `'reset'`, the end of the connection without a response. */
export type Answer = Response | 'reset'

/** What an endpoint would answer without a fault. */
export interface HealthyAnswer {
  /** The metadata document or the key set. */
  readonly document: object
  /** The header fields that were set on the endpoint. */
  readonly headers: Headers
  /** The requested URL. */
  readonly url: string
}

/** Turns a good answer into a bad one, at each request. Write your own if none of `faults` fits. */
export type Fault = (healthy: HealthyAnswer) => Answer | Promise<Answer>

/** Options of `faults.status`. */
export interface StatusOptions {
  /** The field Retry-After (RFC 9110 §10.2.3): seconds, or a date as text. Default: none. */
  readonly retryAfter?: number | string
}

/** The ready-made faults of an endpoint. Each function makes a fault for `fail`. */
export interface Faults {
  /** The connection is reset before any answer. (For a refused connection, `close()` the issuer.) */
  down(): Fault
  /** Never answers. */
  slow(): Fault
  /** Sends the head at once, and never the body. */
  stalled(): Fault
  /** Another status, e.g. 503. */
  status(status: number, options?: StatusOptions): Fault
  /** 429 Too Many Requests, with Retry-After. Default 60 seconds. */
  tooManyRequests(retryAfter?: number | string): Fault
  /** 200 with an HTML page. */
  html(): Fault
  /** 200 with JSON that stops half-way. */
  truncated(): Fault
  /** The connection is reset half-way through the body. */
  cutOff(): Fault
  /** The good document and then spaces, up to a size in bytes; made while it is read. Default 1 GB. */
  huge(bytes?: number): Fault
  /** A redirect. Default status 302. */
  redirect(location: string, status?: 301 | 302 | 303 | 307 | 308): Fault
  /** 200 with any text. Default type `application/json`. */
  body(text: string | Uint8Array, contentType?: string): Fault
  /** The good document with other or more members; undefined removes one. */
  members(members: Readonly<Record<string, unknown>>): Fault
  /** Metadata that names another issuer (RFC 8414 §3.3). */
  wrongIssuer(issuer?: string): Fault
  /** A set without keys. */
  emptySet(): Fault
  /** A set that also holds a private key. */
  privateMembers(): Fault
  /** A set that also holds a symmetric key. */
  octMember(): Fault
  /** A set with that many keys. Default 51. */
  tooManyKeys(count?: number): Fault
}

const gigabyte = 1_000_000_000

/** The ready-made faults: see `Faults`. */
export const faults: Faults = {
  down: () => () => 'reset',
  slow: () => () => new Promise(() => {}),
  stalled: () => (healthy) =>
    stream(healthy, async function* () {
      yield await new Promise<Uint8Array>(() => {})
    }),
  status:
    (status, { retryAfter } = {}) =>
    () => {
      const headers = new Headers({ 'content-type': 'text/plain' })
      if (retryAfter !== undefined) headers.set('retry-after', String(retryAfter))
      return new Response('not now', { status, headers })
    },
  tooManyRequests: (retryAfter = 60) => faults.status(429, { retryAfter }),
  html: () => faults.body('<!doctype html><title>Be right back</title>', 'text/html; charset=utf-8'),
  truncated:
    () =>
    ({ document, headers }) =>
      text(half(document), headers),
  cutOff: () => (healthy) =>
    stream(healthy, async function* () {
      yield new TextEncoder().encode(half(healthy.document))
      throw new TypeError('terminated')
    }),
  huge:
    (bytes = gigabyte) =>
    (healthy) =>
      stream(healthy, () => padded(healthy.document, bytes)),
  redirect:
    (location, status = 302) =>
    () =>
      new Response(null, { status, headers: { location } }),
  body:
    (body, contentType = 'application/json') =>
    ({ headers }) =>
      text(body, headers, contentType),
  members:
    (members) =>
    ({ document, headers }) =>
      json({ ...document, ...members }, headers),
  wrongIssuer: (issuer = 'https://another-issuer.test') => faults.members({ issuer }),
  emptySet: () => faults.members({ keys: [] }),
  privateMembers: () => addKeys([createTestKey('ES256').privateJwk]),
  octMember: () => addKeys([createTestKey('HS256').privateJwk]),
  tooManyKeys: (count = 51) => {
    const keys = Array.from({ length: count }, () => createTestKey('ES256').publicJwk)
    return faults.members({ keys })
  },
}

/** Makes a healthy answer: a JSON document. */
export function json(document: object, headers: Headers = new Headers()): Response {
  return text(JSON.stringify(document), headers)
}

function text(body: string | Uint8Array, extra: Headers, contentType = 'application/json'): Response {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const headers = new Headers(extra)
  if (!headers.has('content-type')) headers.set('content-type', contentType)
  headers.set('content-length', String(bytes.byteLength))
  return new Response(bytes.slice(), { headers })
}

/** Makes an answer whose body has no known length and is made while it is read. */
export function stream(healthy: HealthyAnswer, chunks: () => AsyncGenerator<Uint8Array>): Response {
  const generator = chunks()
  const headers = new Headers(healthy.headers)
  headers.set('content-type', 'application/json')
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await generator.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { headers })
}

async function* padded(document: object, bytes: number): AsyncGenerator<Uint8Array> {
  const start = new TextEncoder().encode(JSON.stringify(document))
  const spaces = new Uint8Array(65_536).fill(0x20)
  yield start
  for (let left = bytes - start.byteLength; left > 0; left -= spaces.byteLength) {
    yield spaces.slice(0, Math.min(left, spaces.byteLength))
  }
}

function half(document: object): string {
  const whole = JSON.stringify(document)
  return whole.slice(0, Math.floor(whole.length / 2))
}

function addKeys(more: readonly object[]): Fault {
  return ({ document, headers }) => {
    const keys: readonly unknown[] = 'keys' in document && Array.isArray(document.keys) ? document.keys : []
    return json({ ...document, keys: [...keys, ...more] }, headers)
  }
}
