import type { FetchStep, KeysFailure } from '../events.js'

/** What is known about a failure, beside its reason. */
export interface FetchFailureDetails {
  /** The HTTP status, if that was the reason. */
  readonly status?: number
  /** The Retry-After field that came with it. */
  readonly retryAfter?: string | null
  /** The platform's code for what happened to the connection, e.g. `ECONNREFUSED`. */
  readonly cause?: string | undefined
}

/** Why something could not be fetched. */
export class FetchFailure {
  readonly reason: KeysFailure
  readonly details: FetchFailureDetails
  /** What was being fetched, and from where. */
  readonly step: FetchStep
  readonly url: string

  constructor(reason: KeysFailure, step: FetchStep, url: string, details: FetchFailureDetails = {}) {
    this.reason = reason
    this.step = step
    this.url = url
    this.details = details
  }
}

/**
 * Gives the platform's code of an error (`ENOTFOUND`, `SELF_SIGNED_CERT_IN_CHAIN`): its own, or, as with `fetch`, that of its
 * cause. Undefined for anything that does not look like such a code, because a server may have written the other texts of an
 * error.
 */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown }
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code) ? code : codeOf(cause)
}

/** Gives a URL without its query, fragment and user information, for an event. */
export function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname}`
}
