import type { KeysFailure } from '../events.js'
import type { FetchBudget, StepFailure } from './fetch-budget.js'

/** The most that is read of a body, in bytes; compressed ones count before and after. */
export const largestBody = 65_536

/** What is asked for. */
export const accept = 'application/json, application/jwk-set+json'

/** The fields of an answer. */
export interface ReplyFields {
  get(name: string): string | null
}

/** An answer of status 200 with its whole body. */
export interface Reply {
  readonly fields: ReplyFields
  readonly body: Uint8Array
}

/** Why an answer is not taken. */
export interface Refusal {
  readonly refused: KeysFailure
  readonly status?: number
  readonly retryAfter?: string | null
}

/** Makes one GET request within the budget. Follows no redirect of its own accord; never rejects. */
export type Get = (url: string, budget: FetchBudget) => Promise<Reply | Refusal | StepFailure>

/** What is wrong with an answer before its body is looked at. */
export function refuse(status: number, fields: ReplyFields): Refusal | undefined {
  // A browser shows a redirect that it has not followed as status 0.
  if (status === 0 || (status >= 300 && status < 400)) return { refused: 'redirect' }
  if (status !== 200) return { refused: 'status', status, retryAfter: fields.get('retry-after') }
  if (Number(fields.get('content-length')) > largestBody) return { refused: 'too_large' }
  return undefined
}

/** Gathers a body's chunks up to the limit. */
export class BodyBytes {
  readonly #bytes = new Uint8Array(largestBody)
  #length = 0

  /** @returns false where the body is larger than the limit */
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
