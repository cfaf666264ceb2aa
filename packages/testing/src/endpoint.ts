import type { Clock } from '@latchkey/core'
import { type Answer, type Fault, json } from './faults.js'

/** A request that an endpoint has had. */
export interface TestRequest {
  readonly url: string
  /** When it came, in seconds since the epoch, by the issuer's clock. */
  readonly at: number
  /** Bytes of the body that have been taken so far; over a socket, some of them only into buffers. */
  readonly bytesSent: number
  /** Whether the client gave up before the answer was complete. */
  readonly cancelled: boolean
}

/** One of an issuer's endpoints: what it has been asked, and what it gets wrong. */
export interface TestEndpoint {
  /** Header fields added to every healthy answer, e.g. `headers.set('cache-control', 'max-age=60')`. */
  readonly headers: Headers
  /** Every request since the start or the last `clearRequests()`, oldest first. */
  readonly requests: readonly TestRequest[]
  /** Forgets the requests. */
  clearRequests(): void
  /** Resolves as soon as there have been so many requests; default 1. */
  requested(count?: number): Promise<void>
  /** Answers with a fault from now on, or so many times; the one before is gone. */
  fail(fault: Fault, options?: { readonly times?: number }): void
  /** Ends all faults. Answers that hang or drip go on doing so. */
  recover(): void
  /** Keeps requests waiting until the function it returns is called; then they are answered as things stand. */
  hold(): () => void
}

/** What a transport asks of an endpoint. */
export interface AnsweringEndpoint extends TestEndpoint {
  answer(url: string, signal: AbortSignal | undefined): Promise<Answer>
}

/** A request under way. */
interface Exchange {
  readonly request: { -readonly [Name in keyof TestRequest]: TestRequest[Name] }
  /** False once the answer is complete: a signal that fires later cancels nothing. */
  open: boolean
}

/**
 * Makes an endpoint.
 *
 * @param document what it serves, asked for at each request
 */
export function createEndpoint(document: () => object, clock: Clock): AnsweringEndpoint {
  const requests: TestRequest[] = []
  const headers = new Headers()
  let waiting: { readonly count: number; readonly resolve: () => void }[] = []
  let fault: { readonly apply: Fault; left: number } | undefined
  let gate: Promise<void> | undefined

  function record(url: string, signal: AbortSignal | undefined): Exchange {
    const exchange = { request: { url, at: clock(), bytesSent: 0, cancelled: false }, open: true }
    signal?.addEventListener('abort', () => cancel(exchange), { once: true })
    requests.push(exchange.request)
    for (const { resolve } of waiting.filter(({ count }) => count <= requests.length)) resolve()
    waiting = waiting.filter(({ count }) => count > requests.length)
    return exchange
  }

  async function answer(url: string, signal: AbortSignal | undefined): Promise<Answer> {
    const exchange = record(url, signal)
    await gate
    const apply = fault?.apply
    if (fault !== undefined && --fault.left === 0) fault = undefined
    const healthy = { document: document(), headers: new Headers(headers), url }
    const result = await (apply === undefined ? json(healthy.document, healthy.headers) : apply(healthy))
    if (result !== 'reset' && result.body !== null) return observe(result, result.body, exchange, signal)
    exchange.open = false
    return result
  }

  return {
    headers,
    requests,
    answer,
    clearRequests: () => void requests.splice(0),
    requested: (count = 1) =>
      new Promise((resolve) => {
        if (requests.length >= count) resolve()
        else waiting.push({ count, resolve })
      }),
    fail: (apply, { times = Number.POSITIVE_INFINITY } = {}) => {
      fault = { apply, left: times }
    },
    recover: () => {
      fault = undefined
    },
    hold: () => {
      let release = (): void => {}
      const held = new Promise<void>((resolve) => {
        release = resolve
      })
      gate = held
      return () => {
        if (gate === held) gate = undefined
        release()
      }
    },
  }
}

/** Counts what is taken of a body, and ends it when the client goes. Takes nothing ahead of the client. */
function observe(
  response: Response,
  body: ReadableStream<Uint8Array>,
  exchange: Exchange,
  signal: AbortSignal | undefined,
): Response {
  const reader = body.getReader()
  const observed = new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        const abort = (): void => {
          if (!exchange.request.cancelled) return
          controller.error(signal?.reason)
          // It may have broken off by itself before; nobody reads it any more.
          reader.cancel().catch(() => {})
        }
        if (signal?.aborted) abort()
        signal?.addEventListener('abort', abort, { once: true })
      },
      pull: async (controller) => {
        const { done, value } = await reader.read()
        if (exchange.request.cancelled) return
        if (done) {
          exchange.open = false
          return controller.close()
        }
        exchange.request.bytesSent += value.byteLength
        controller.enqueue(value)
      },
      cancel: (reason) => {
        cancel(exchange)
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(observed, response)
}

function cancel(exchange: Exchange): void {
  if (exchange.open) exchange.request.cancelled = true
}
