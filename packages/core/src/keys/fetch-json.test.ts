import { describe, expect, test } from 'vitest'
import { FetchBudget } from './fetch-budget.js'
import { FetchFailure } from './fetch-failure.js'
import { fetchJson } from './fetch-json.js'
import { getWithFetch } from './get-with-fetch.js'

const url = 'https://id.example/jwks'

type Respond = (url: string, init: RequestInit) => Response | Promise<Response>

function fetchWith(respond: Respond, timeout = 3) {
  const fetch: typeof globalThis.fetch = async (input, init) => respond(String(input), init ?? {})
  return fetchJson(url, 'keys', { get: getWithFetch(fetch), budget: new FetchBudget(timeout) })
}

/** A body that tells how much of it was taken and whether it was let go of. */
function watchedBody(chunks: Iterable<Uint8Array>) {
  const iterator = chunks[Symbol.iterator]()
  const seen = { bytes: 0, cancelled: false }
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const { value, done } = iterator.next()
        if (done) return controller.close()
        seen.bytes += value.byteLength
        controller.enqueue(value)
      },
      cancel() {
        seen.cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, seen }
}

function* forever(size: number): Generator<Uint8Array> {
  while (true) yield new Uint8Array(size).fill(32)
}

describe('fetching a JSON object', () => {
  test('asks without following redirects, with a signal, and not as a method of anything', async () => {
    let asked: { url: unknown; init: RequestInit; self: unknown } | undefined
    async function fetch(this: unknown, input: unknown, init: RequestInit = {}): Promise<Response> {
      asked = { url: input, init, self: this }
      return Response.json({ keys: [] }, { headers: { age: '7' } })
    }
    const found = await fetchJson(url, 'keys', {
      get: getWithFetch(fetch as typeof globalThis.fetch),
      budget: new FetchBudget(3),
    })
    expect(asked?.url).toBe(url)
    expect(asked?.self).toBeUndefined()
    expect(asked?.init.redirect).toBe('manual')
    expect(asked?.init.signal).toBeInstanceOf(AbortSignal)
    expect(found).not.toBeInstanceOf(FetchFailure)
    expect(found).toMatchObject({ body: { keys: [] } })
    expect('fields' in found && found.fields.get('age')).toBe('7')
  })

  test.each<[string, Respond]>([
    ['301', () => new Response(null, { status: 301, headers: { location: 'https://evil.example' } })],
    ['302', () => new Response(null, { status: 302 })],
    ['308', () => new Response(null, { status: 308 })],
    ['as a browser shows it', () => Object.defineProperty(Response.error(), 'type', { value: 'opaqueredirect' })],
  ])('refuses a redirect: %s', async (_name, respond) => {
    expect(await fetchWith(respond)).toMatchObject({ reason: 'redirect' })
  })

  test.each([201, 206, 400, 404, 429, 500, 503])('refuses status %s, with its Retry-After', async (status) => {
    const { stream, seen } = watchedBody(forever(10))
    const failure = await fetchWith(() => new Response(stream, { status, headers: { 'retry-after': '9' } }))
    expect(failure).toMatchObject({ reason: 'status', url, details: { status, retryAfter: '9' } })
    expect(seen).toEqual({ bytes: 0, cancelled: true })
  })

  test.each([
    ['HTML', '<!doctype html>'],
    ['nothing', ''],
    ['a truncated object', '{"keys":['],
    ['a list', '[]'],
    ['null', 'null'],
    ['a string', '"keys"'],
    ['invalid UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ])('refuses %s', async (_name, body) => {
    expect(await fetchWith(() => new Response(body))).toMatchObject({ reason: 'not_json' })
  })

  test('refuses a response without a body', async () => {
    expect(await fetchWith(() => new Response(null))).toMatchObject({ reason: 'not_json' })
  })

  test('reads 64 KiB and not a byte more, then lets go', async () => {
    const whole = `{"pad":"${'x'.repeat(65_536 - 10)}"}`
    expect(whole).toHaveLength(65_536)
    expect(await fetchWith(() => new Response(whole))).not.toBeInstanceOf(FetchFailure)
    expect(
      await fetchWith(() => new Response(watchedBody([new TextEncoder().encode(`${whole} `)]).stream)),
    ).toMatchObject({ reason: 'too_large' })
    const { stream, seen } = watchedBody(forever(1000))
    expect(await fetchWith(() => new Response(stream))).toMatchObject({ reason: 'too_large' })
    expect(seen).toEqual({ bytes: 66_000, cancelled: true })
  })

  test('does not begin to read a body that says it is larger', async () => {
    const { stream, seen } = watchedBody(forever(1000))
    const headers = { 'content-length': '1073741824' }
    expect(await fetchWith(() => new Response(stream, { headers }))).toMatchObject({ reason: 'too_large' })
    expect(seen).toEqual({ bytes: 0, cancelled: true })
  })

  test.each<[string, () => Promise<Response>]>([
    ['rejects', async () => Promise.reject(new TypeError('fetch failed'))],
    ['rejects with nothing', async () => Promise.reject()],
  ])('a fetch that %s is a failure of the network', async (_name, respond) => {
    expect(await fetchWith(respond)).toMatchObject({ reason: 'network' })
  })

  test('a fetch that throws at once is a failure of the network', async () => {
    const fetch = (() => {
      throw new TypeError('no network here')
    }) as typeof globalThis.fetch
    expect(await fetchJson(url, 'keys', { get: getWithFetch(fetch), budget: new FetchBudget(3) })).toMatchObject({
      reason: 'network',
    })
  })

  test.each<[string, () => unknown]>([
    ['nothing', () => undefined],
    ['a text', () => '{"keys":[]}'],
    ['a response without header fields', () => ({ status: 200, body: new Response('{"keys":[]}').body })],
    ['a body that is no web stream', () => ({ status: 200, headers: new Headers(), body: '{"keys":[]}' })],
    [
      'a body that it has read itself',
      async () => {
        const response = Response.json({ keys: [] })
        await response.text()
        return response
      },
    ],
  ])('a fetch of the app that gives %s is a failure of the network, and rejects nothing', async (_name, respond) => {
    expect(await fetchWith(respond as Respond)).toMatchObject({ reason: 'network' })
  })

  test('a connection that breaks within the body is a failure of the network', async () => {
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error('ECONNRESET')),
    })
    expect(await fetchWith(() => new Response(stream))).toMatchObject({ reason: 'network' })
  })

  test('one budget bounds a fetch that never answers, though it does not heed the signal', async () => {
    const began = performance.now()
    expect(await fetchWith(() => new Promise(() => {}), 0.05)).toMatchObject({ reason: 'timeout' })
    expect(performance.now() - began).toBeLessThan(1000)
  })

  test('the same budget bounds a body that drips', async () => {
    let cancelled = false
    const stream = new ReadableStream<Uint8Array>(
      {
        pull: (controller) =>
          new Promise((resolve) => {
            const drip = () => {
              if (!cancelled) controller.enqueue(new Uint8Array([32]))
              resolve()
            }
            setTimeout(drip, 5)
          }),
        cancel() {
          cancelled = true
        },
      },
      { highWaterMark: 0 },
    )
    expect(await fetchWith(() => new Response(stream), 0.1)).toMatchObject({ reason: 'timeout' })
    expect(cancelled).toBe(true)
  })

  test('an answer that the fetch came to by a redirect of its own choice is taken', async () => {
    const followed = () => Object.defineProperty(Response.json({ keys: [] }), 'redirected', { value: true })
    expect(await fetchWith(followed)).toMatchObject({ body: { keys: [] } })
  })

  test('says the code of what happened to the connection, and nothing else of the error', async () => {
    const failing = (error: unknown) => fetchWith(() => Promise.reject(error))
    const cause = Object.assign(new Error('getaddrinfo ENOTFOUND id.example'), { code: 'ENOTFOUND' })
    expect(await failing(new TypeError('fetch failed', { cause }))).toMatchObject({ details: { cause: 'ENOTFOUND' } })
    for (const code of ['a secret', 'lower', 5, undefined, `E${'X'.repeat(64)}`]) {
      expect(await failing(Object.assign(new Error('no'), { code }))).toMatchObject({ details: { cause: undefined } })
    }
  })

  test('a budget over all that a timer can count is cut', () => {
    expect(new FetchBudget(1e9).signal.aborted).toBe(false)
  })
})
