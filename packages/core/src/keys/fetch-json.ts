import type { KeysFailure } from '../events.js'
import { isSecureUrl } from './secure-url.js'

/** The most that is read of a body, in bytes. */
const largestBody = 65_536
const longestTimer = 2 ** 31 - 1

/** Why something could not be fetched. */
export class FetchFailure {
  readonly reason: KeysFailure
  /** The status answered with, where that was the reason. */
  readonly status: number | undefined
  /** The Retry-After field that came with it. */
  readonly retryAfter: string | null

  constructor(reason: KeysFailure, status?: number, retryAfter: string | null = null) {
    this.reason = reason
    this.status = status
    this.retryAfter = retryAfter
  }
}

/** One span of real time that all requests and bodies of one key fetch share. */
export class FetchBudget {
  readonly fetch: typeof fetch
  readonly signal: AbortSignal
  readonly #over: Promise<never>

  /** @param timeout seconds from now */
  constructor(fetch: typeof globalThis.fetch, timeout: number) {
    this.fetch = fetch
    this.signal = AbortSignal.timeout(Math.min(Math.ceil(timeout * 1000), longestTimer))
    this.#over = new Promise((_resolve, reject) => {
      this.signal.addEventListener('abort', () => reject(this.signal.reason), { once: true })
    })
    this.#over.catch(() => {})
  }

  /** Awaits one step of the platform's or the user's fetch; whatever that rejects with is the network's failure. */
  async step<T>(action: () => Promise<T>): Promise<T | FetchFailure> {
    try {
      // Raced, because a `fetch` of the user's need not heed the signal.
      return await Promise.race([action(), this.#over])
    } catch {
      return new FetchFailure(this.signal.aborted ? 'timeout' : 'network')
    }
  }
}

/** A JSON object and the header fields it came with. */
export interface JsonResponse {
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Headers
}

/**
 * Fetches one JSON object: https or loopback only, status 200 only, no redirect, at most 64 KiB, within the budget.
 * Never rejects.
 */
export async function fetchJson(url: string, budget: FetchBudget): Promise<JsonResponse | FetchFailure> {
  if (!isSecureUrl(url)) return new FetchFailure('network')
  // Called without its owner: Workers' fetch refuses any other `this`.
  const { fetch } = budget
  const response = await budget.step(() =>
    fetch(url, {
      redirect: 'manual',
      signal: budget.signal,
      headers: { accept: 'application/json, application/jwk-set+json' },
    }),
  )
  if (response instanceof FetchFailure) return response
  const refusal = refuse(response)
  if (refusal !== undefined) {
    discard(response.body)
    return refusal
  }
  const bytes = await readBody(response.body, budget)
  if (bytes instanceof FetchFailure) return bytes
  const body = parseObject(bytes)
  return body === undefined ? new FetchFailure('not_json') : { body, headers: response.headers }
}

/** What is wrong with a response before its body is looked at. */
function refuse(response: Response): FetchFailure | undefined {
  const { status, type, redirected, headers } = response
  // A browser shows a redirect as `opaqueredirect` with status 0, other platforms as what it is.
  if (type === 'opaqueredirect' || redirected || (status >= 300 && status < 400)) return new FetchFailure('redirect')
  if (status !== 200) return new FetchFailure('status', status, headers.get('retry-after'))
  if (Number(headers.get('content-length')) > largestBody) return new FetchFailure('too_large')
  return undefined
}

async function readBody(
  body: ReadableStream<Uint8Array> | null,
  budget: FetchBudget,
): Promise<Uint8Array | FetchFailure> {
  const reader = body?.getReader()
  const bytes = new Uint8Array(largestBody)
  let length = 0
  while (reader !== undefined) {
    const chunk = await budget.step(() => reader.read())
    if (chunk instanceof FetchFailure) {
      discard(reader)
      return chunk
    }
    if (chunk.done) break
    if (length + chunk.value.byteLength > largestBody) {
      discard(reader)
      return new FetchFailure('too_large')
    }
    bytes.set(chunk.value, length)
    length += chunk.value.byteLength
  }
  return bytes.subarray(0, length)
}

/** Lets go of a body that nobody will read, so that its connection ends; that this may fail too is of no interest. */
function discard(body: { cancel(): Promise<void> } | null): void {
  body?.cancel().catch(() => {})
}

function parseObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}
