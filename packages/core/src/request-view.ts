import type { Auth } from './auth.js'
import type { AuthError } from './auth-error.js'
import type { AuthErrorCode } from './error-codes.js'
import type { Requirement } from './requirement/requirement.js'
import type { ResponseExtras } from './response.js'

/** The seam between a framework and Latchkey: as much of a request as authentication looks at. */
export interface RequestView {
  /** Request method as sent (case-sensitive, RFC 9110 §9.1). */
  readonly method: string
  /**
   * Combined field value (RFC 9110 §5.2): every field of that name joined by `", "`, `Cookie` by `"; "`.
   * Node's `headers` keeps only the first `Authorization`, so a view over Node looks at the raw ones.
   *
   * @param name field name in lower case
   * @returns the combined value, or undefined where the request has no such field
   */
  header(name: string): string | undefined
  /**
   * Absolute target URI as the client sees it; the framework's own trust-proxy setting decides about forwarded headers.
   * Asked for only by checks that need it.
   */
  url(): string
  /**
   * The framework's own request. Two views of one request are known by it, so that what is done once for a request (a refresh
   * in passing) is not done again by the next guard. Absent: the view stands for the request.
   */
  readonly native?: object
  /** DER of the client's certificate, where TLS ended here and it was verified (RFC 8705). */
  clientCertificate?(): Uint8Array | undefined
  /** Keeps the platform alive for work that outlasts the answer (Workers). */
  waitUntil?(work: Promise<unknown>): void
}

/**
 * What `authenticate` decided: let the request pass, with or without an identity, or answer it with the error. Where the app's own
 * `check` threw and something goes with whatever answers, that is decided too: `thrown` is for the app's error handler.
 */
export type Decision<Claims> =
  | { readonly allow: true; readonly auth: Auth<Claims> | null; readonly response?: ResponseExtras }
  | { readonly allow: false; readonly error: AuthError; readonly response?: ResponseExtras }
  | { readonly allow: false; readonly thrown: unknown; readonly response: ResponseExtras }

/** What `checkOrigin` decided. */
export type OriginDecision = Exclude<Decision<never>, { readonly thrown: unknown }>

/**
 * The one way through: answers without a promise whenever it can. Never throws and never rejects for a bad request.
 *
 * `unreported` is a code of a bad token whose refusal is neither reported nor counted, since the caller goes on with the request.
 */
export type Authenticate<Claims> = (
  view: RequestView,
  requirement: Requirement,
  unreported?: AuthErrorCode,
) => Decision<Claims> | Promise<Decision<Claims>>
