import type { DenialReason } from './denial-reason.js'
import { type AuthErrorCode, codeTable } from './error-codes.js'
import type { Algorithm } from './keys/algorithms.js'
import type { AuthScheme } from './token-source/authorization.js'

/** How a verifier challenges: with which schemes, and where the client learns more. */
export interface ChallengeRules {
  /** The schemes that are accepted, in the order of the challenges. */
  readonly schemes: readonly AuthScheme[]
  /** The one among them that says what was wrong. */
  readonly errorIn: AuthScheme
  /** What proofs may be signed with (RFC 9449 §7.1), for the scheme `DPoP`. */
  readonly algorithms: readonly Algorithm[]
  /** Where the protected resource's metadata are (RFC 9728 §5.1); undefined: there are none. */
  readonly resourceMetadata: string | undefined
}

/** What an `AuthError` can carry beside its code. */
export interface AuthErrorOptions {
  /** The finer word for operators. Default: the code itself. */
  readonly reason?: DenialReason
  /** The configured issuer concerned, where one was chosen. */
  readonly issuer?: string | undefined
  /** Seconds after which a retry may succeed; sent as `Retry-After` with a 503, rounded up to at least 1. */
  readonly retryAfter?: number
  /** The scopes that the resource requires, for the challenge of `scope_insufficient` (RFC 6750 §3). */
  readonly scope?: readonly string[]
  /** The authentication contexts of which one will do, for the challenge of `authentication_insufficient` (RFC 9470 §3). */
  readonly acrValues?: readonly string[] | undefined
  /** Longest time since the user logged in, in seconds, for the same challenge. */
  readonly maxAge?: number | undefined
  /** How the verifier challenges. Default: with the scheme `Bearer` alone. */
  readonly challenge?: ChallengeRules | undefined
  /** Further fields of the answer, names in lower case, such as a challenge to answer. Default: none. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * A refusal with its reason: the only error that verification produces. `code` is what the client sees, `reason` what an
 * operator sees; the message is the code's fixed sentence and holds nothing of the request.
 *
 * Made without a stack: it is an answer and no fault, and to find out where it was made takes longer than all the rest of
 * refusing. One that `verify` throws gets the stack of the call.
 */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  /** The stable code, also in the problem body. */
  readonly code: AuthErrorCode
  /** HTTP status that the adapters answer with. */
  readonly status: number
  /** Finer word for logs and metrics; never sent. */
  readonly reason: DenialReason
  /** The configured issuer concerned, if one was chosen. */
  readonly issuer: string | undefined
  /** Seconds until a retry may succeed; only with a 503. */
  readonly retryAfter: number | undefined
  /** Scopes the resource requires; only with `scope_insufficient`. */
  readonly scope: readonly string[] | undefined
  /** Authentication contexts of which one will do; only with `authentication_insufficient`. */
  readonly acrValues: readonly string[] | undefined
  /** Longest time since the user logged in, in seconds; only with `authentication_insufficient`. */
  readonly maxAge: number | undefined
  /** How the verifier challenges; undefined: with the scheme `Bearer` alone. */
  readonly challenge: ChallengeRules | undefined
  /** Further fields of the answer, names in lower case. */
  readonly headers: Readonly<Record<string, string>> | undefined

  constructor(code: AuthErrorCode, options: AuthErrorOptions = {}) {
    const { status, detail } = codeTable[code]
    const { stackTraceLimit } = Error
    // Not by assignment, which throws where a hardened runtime has frozen it.
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
