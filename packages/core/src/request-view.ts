import type { Auth } from './auth.js'
import type { AuthError } from './auth-error.js'
import type { AuthErrorCode } from './error-codes.js'
import type { Requirement } from './requirement/requirement.js'
import type { ResponseExtras } from './response-extras.js'

/** The part of a request that authentication reads. Each adapter makes it from its framework's request. */
export interface RequestView {
  /** The request method as sent (case-sensitive, RFC 9110 §9.1). */
  readonly method: string
  /**
   * Gives the combined value of a field (RFC 9110 §5.2): the values of all fields of that name, joined by `", "`, those of
   * `Cookie` by `"; "`. Node's `headers` keeps only the first `Authorization`, so a view over Node reads `rawHeaders`.
   *
   * @param name the field's name in lower case
   * @returns the combined value, or undefined if the request has no such field
   */
  header(name: string): string | undefined
  /**
   * Gives the absolute target URI as the client sees it (RFC 9110 §7.1). The framework's own trust-proxy setting decides about
   * forwarded headers. Only checks that need it call it.
   */
  url(): string
  /**
   * The framework's own request. Two views of one request have the same, so that work that is done once per request (the
   * refresh of a session) is not done again by the next guard. Default: the view itself stands for the request.
   */
  readonly native?: object
  /** Gives the DER of the client's certificate, if TLS ended in this process and the certificate was verified (RFC 8705 §2). */
  clientCertificate?(): Uint8Array | undefined
  /** Keeps the platform (Workers) alive for work that takes longer than the response. */
  waitUntil?(work: Promise<unknown>): void
}

/**
 * What `authenticate` decided: let the request pass, with or without an identity, or answer it with the error. `response` must
 * go on the response in any case. If it exists and the app's own `check` threw, `thrown` holds the error for the app's error
 * handler.
 */
export type Decision<Claims> =
  | { readonly allow: true; readonly auth: Auth<Claims> | null; readonly response?: ResponseExtras }
  | { readonly allow: false; readonly error: AuthError; readonly response?: ResponseExtras }
  | { readonly allow: false; readonly thrown: unknown; readonly response: ResponseExtras }

/** What `checkOrigin` decided: like `Decision`, but without `thrown`. */
export type OriginDecision = Exclude<Decision<never>, { readonly thrown: unknown }>

/**
 * Decides about a request, by its view and by the route's requirement. It answers without a promise whenever it can. It never
 * throws and never rejects because of a bad request; it passes on what the app's own `check` throws.
 *
 * A refusal with the code `unreported` is neither reported nor counted, because the caller goes on with the request. Default:
 * every refusal is reported.
 */
export type Authenticate<Claims> = (
  view: RequestView,
  requirement: Requirement,
  unreported?: AuthErrorCode,
) => Decision<Claims> | Promise<Decision<Claims>>
