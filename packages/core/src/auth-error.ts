import type { DenialReason } from './denial-reason.js'
import { type AuthErrorCode, codeTable } from './error-codes.js'
import type { Algorithm } from './keys/algorithms.js'
import type { AuthScheme } from './token-source/authorization.js'

/** How a verifier challenges a client: with which schemes, and where the client finds the metadata. */
export interface ChallengeRules {
  /** The schemes that are accepted, in the order of the challenges. */
  readonly schemes: readonly AuthScheme[]
  /** The scheme whose challenge carries the error. */
  readonly errorIn: AuthScheme
  /** The algorithms that proofs may be signed with (RFC 9449 §7.1), for the scheme `DPoP`. */
  readonly algorithms: readonly Algorithm[]
  /** The URL of the protected resource's metadata (RFC 9728 §5.1); undefined if there are none. */
  readonly resourceMetadata: string | undefined
}

/** What an `AuthError` can carry beside its code. */
export interface AuthErrorOptions {
  /** Says more than the code, for operators. Default: the code itself. */
  readonly reason?: DenialReason
  /** The name of the issuer concerned, as configured; undefined if none was chosen. Default: undefined. */
  readonly issuer?: string | undefined
  /** Seconds after which a retry may succeed; sent as `Retry-After` with a 503, rounded up to at least 1. Default: 1. */
  readonly retryAfter?: number
  /** The scopes that the resource requires, for the challenge of `scope_insufficient` (RFC 6750 §3). Default: none. */
  readonly scope?: readonly string[]
  /**
   * The authentication contexts, any one of which is enough, for the challenge of `authentication_insufficient` (RFC 9470 §3).
   * Default: none.
   */
  readonly acrValues?: readonly string[] | undefined
  /** The longest time since the user logged in, in seconds, for the same challenge. Default: none. */
  readonly maxAge?: number | undefined
  /** How the verifier challenges the client. Default: with the scheme `Bearer` alone. */
  readonly challenge?: ChallengeRules | undefined
  /** More header fields for the response, with names in lower case. Default: none. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * A refusal with its reason. It is the only error that verification produces. The client sees `code`; an operator sees `reason`
 * too. The message is a fixed sentence for each code and contains nothing from the request.
 *
 * It has no stack: a refusal is an answer and not a fault, and making a stack takes longer than the rest of refusing. An error
 * that `verify` throws gets the stack of that call.
 */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  /** The stable code, also in the problem body. */
  readonly code: AuthErrorCode
  /** The HTTP status that the adapters answer with. */
  readonly status: number
  /** Says more than the code, for logs and metrics; never sent. */
  readonly reason: DenialReason
  /** The name of the issuer concerned, as configured; undefined if none was chosen. */
  readonly issuer: string | undefined
  /** Seconds until a retry may succeed; only with a 503. */
  readonly retryAfter: number | undefined
  /** The scopes that the resource requires; only with `scope_insufficient`. */
  readonly scope: readonly string[] | undefined
  /** The authentication contexts, any one of which is enough; only with `authentication_insufficient`. */
  readonly acrValues: readonly string[] | undefined
  /** The longest time since the user logged in, in seconds; only with `authentication_insufficient`. */
  readonly maxAge: number | undefined
  /** How the verifier challenges the client; undefined: with the scheme `Bearer` alone. */
  readonly challenge: ChallengeRules | undefined
  /** More header fields for the response, with names in lower case. */
  readonly headers: Readonly<Record<string, string>> | undefined

  /**
   * @param code what was refused
   * @param options what else is known about the refusal; default: nothing
   */
  constructor(code: AuthErrorCode, options: AuthErrorOptions = {}) {
    const { status, detail } = codeTable[code]
    const { stackTraceLimit } = Error
    // Not by assignment, which throws if a hardened runtime has frozen it.
    Reflect.set(Error, 'stackTraceLimit', 0)
    super(detail)
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit)
    this.code = code
    this.status = status
    this.reason = options.reason ?? code
    this.issuer = options.issuer
    this.retryAfter = status === 503 ? (options.retryAfter ?? 1) : undefined
    this.scope = options.scope
    this.acrValues = options.acrValues
    this.maxAge = options.maxAge
    this.challenge = options.challenge
    this.headers = options.headers
  }
}
