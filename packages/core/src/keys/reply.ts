import type { KeysFailure } from '../events.js'
import type { FetchBudget, StepFailure } from './fetch-budget.js'

/** The largest body that is read, in bytes. A compressed body must not be larger before or after it is decoded. */
export const largestBody = 65_536

/** The value of `Accept` in each request. */
export const accept = 'application/json, application/jwk-set+json'

/** The header fields of an answer. */
export interface ReplyFields {
  /** Gives a field's value by its name in lower case; null if there is none. */
  get(name: string): string | null
}

/** An answer with status 200 and its whole body. */
interface Reply {
  readonly fields: ReplyFields
  readonly body: Uint8Array
}

/** The error of a body that came but cannot be used. A TypeError, like every failure of a `fetch`. */
export class UnfitBody extends TypeError {
  readonly refused: KeysFailure

  constructor(refused: KeysFailure) {
    super(refused)
    this.refused = refused
  }
}

/** Why an answer is refused. */
export interface Refusal {
  readonly refused: KeysFailure
  readonly status?: number
  readonly retryAfter?: string | null
}

/** Makes one GET request within the budget, and follows no redirect (the app's own `fetch` may). Never rejects. */
export type Get = (url: string, budget: FetchBudget) => Promise<Reply | Refusal | StepFailure>

/** Says why an answer is refused before its body is read; undefined if it is not refused. */
export function refuse(status: number, fields: ReplyFields): Refusal | undefined {
  // A browser shows a redirect that it has not followed as status 0.
  if (status === 0) return { refused: 'redirect' }
  if (status >= 300 && status < 400) return { refused: 'redirect', status }
  if (status !== 200) return { refused: 'status', status, retryAfter: fields.get('retry-after') }
  if (Number(fields.get('content-length')) > largestBody) return { refused: 'too_large' }
  return undefined
}

/** Collects a body's chunks up to the limit. */
export class BodyBytes {
  readonly #bytes = new Uint8Array(largestBody)
  #length = 0

  /** @returns false if the body is larger than the limit */
  add(chunk: Uint8Array): boolean {
    if (this.#length + chunk.byteLength > largestBody) return false
    this.#bytes.set(chunk, this.#length)
    this.#length += chunk.byteLength
    return true
  }

  get all(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }
}
