import type { Clock } from '@latchkey/core'
import { type Answer, type Fault, json } from './faults.js'

/** A request that an endpoint has received. */
export interface TestRequest {
  /** The requested URL. */
  readonly url: string
  /** When it came, in seconds since the epoch, by the issuer's clock. */
  readonly at: number
  /** How many bytes of the body were taken so far. Over a socket, some of them may still be in buffers. */
  readonly bytesSent: number
  /** Whether the client has given up before the answer was complete. */
  readonly cancelled: boolean
}

/** One of an issuer's endpoints: the requests that it has received, and its faults. */
export interface TestEndpoint {
  /** Header fields that are added to every healthy answer, e.g. `headers.set('cache-control', 'max-age=60')`. */
  readonly headers: Headers
  /** All requests since the start or the last `clearRequests()`, the oldest first. */
  readonly requests: readonly TestRequest[]
  /** Forgets the requests. */
  clearRequests(): void
  /** Resolves as soon as that many requests have come; default 1. */
  requested(count?: number): Promise<void>
  /** Answers with a fault from now on, in place of an earlier one. `times`: for how many requests; default: all. */
  fail(fault: Fault, options?: { readonly times?: number }): void
  /** Ends all faults. An answer that already hangs stays so. */
  recover(): void
  /** Lets requests wait until the returned function is called. Then they are answered, with the fault of that time. */
  hold(): () => void
}

/** The part of an endpoint that a transport uses. */
export interface AnsweringEndpoint extends TestEndpoint {
  answer(url: string, signal: AbortSignal | undefined): Promise<Answer>
}

/** A request that is being answered. */
interface Exchange {
  readonly request: { -readonly [Name in keyof TestRequest]: TestRequest[Name] }
  /** False when the answer is complete. A signal that fires later cancels nothing. */
  open: boolean
}

/**
 * Makes an endpoint.
 *
 * @param document gives what it serves; called at each request
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

/** Counts the bytes that are taken of a body, and ends the body when the client goes. It reads nothing before the client does. */
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
          // The body may have failed before. Nobody reads it any more.
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
