import type { Algorithm } from './keys/algorithms.js'
import type { AuthScheme } from './token-source/authorization.js'

/** What the wire shows of a refusal: stable, documented, and no more telling than a client needs. */
export type AuthErrorCode =
  | 'token_missing'
  | 'request_malformed'
  | 'token_repeated'
  | 'token_malformed'
  | 'token_rejected'
  | 'token_expired'
  | 'scope_insufficient'
  | 'role_insufficient'
  | 'authorization_insufficient'
  | 'access_denied'
  | 'authentication_insufficient'
  | 'proof_rejected'
  | 'nonce_required'
  | 'proof_required'
  | 'binding_rejected'
  | 'origin_rejected'
  | 'refresh_rejected'
  | 'keys_unavailable'
  | 'store_unavailable'

/**
 * Why, for operators: a finer word than the code, carried by `AuthError.reason` and the `denied` event and never sent
 * to the client.
 */
export type DenialReason =
  | AuthErrorCode
  // token_malformed
  | 'token_too_long'
  // token_rejected: protected header
  | 'header_too_deep'
  | 'alg_not_allowed'
  | 'crit_unsupported'
  | 'b64_unsupported'
  | 'zip_unsupported'
  | 'cty_nested'
  | 'typ_mismatch'
  | 'kid_invalid'
  // token_rejected: encryption
  | 'decryption_failed'
  // token_rejected: key and signature
  | 'key_not_found'
  | 'key_ambiguous'
  | 'key_unfit'
  | 'signature_invalid'
  // token_rejected: claims
  | 'iss_unknown'
  | 'claims_too_deep'
  | 'binding_unchecked'
  | 'aud_mismatch'
  | 'exp_invalid'
  | 'nbf_invalid'
  | 'nbf_in_future'
  | 'iat_invalid'
  | 'iat_in_future'
  | 'sub_invalid'
  | 'jti_invalid'
  | 'client_id_invalid'
  | 'claims_schema'
  | 'claim_mismatch'
  | 'session_ended'
  // token_rejected, keys_unavailable: introspection of an opaque token
  | 'token_inactive'
  | 'introspection_failed'
  // token_rejected: binding
  | 'binding_mismatch'
  | 'certificate_missing'
  | 'certificate_malformed'
  | 'certificate_mismatch'
  // proof_rejected; what a token can have wrong too has the same word as there
  | 'proof_missing'
  | 'proof_repeated'
  | 'proof_malformed'
  | 'proof_type'
  | 'proof_algorithm'
  | 'proof_signature'
  | 'proof_stale'
  | 'proof_replayed'
  | 'key_private'
  | 'htm_mismatch'
  | 'htu_mismatch'
  | 'ath_mismatch'
  | 'jkt_mismatch'
  // nonce_required
  | 'nonce_missing'
  | 'nonce_unknown'
  // store_unavailable
  | 'replay_unsure'
  // request_malformed, keys_unavailable: log-in with a provider
  | 'log_in_unknown'
  | 'log_in_refused'
  | 'logout_token_rejected'
  | 'provider_unavailable'
  // token_expired
  | 'exp_passed'
  | 'max_token_age_passed'
  // refresh_rejected
  | 'refresh_missing'
  | 'refresh_repeated'
  | 'refresh_malformed'
  | 'refresh_unknown'
  | 'refresh_idle'
  | 'refresh_absolute'
  | 'refresh_reused'
  | 'session_id_mismatch'
  | 'session_unbound'
  // request_malformed, of the session verbs
  | 'body_malformed'
  | 'subject_invalid'
  | 'claim_reserved'
  | 'scope_invalid'
  | 'label_invalid'
  | 'cookie_too_large'
  | 'redirect_not_a_path'
  // proof_required and binding_rejected, of device-bound sessions; beside those of proof_rejected
  | 'challenge_unknown'
  | 'challenge_stale'
  | 'challenge_used'
  | 'binding_late'
  | 'already_bound'
  // store_unavailable
  | 'revocation_unsure'

/** The `error` of a challenge (RFC 6750 §3.1, RFC 9470 §3, RFC 9449 §7.1 and §9). */
type ChallengeError =
  | 'invalid_request'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'insufficient_user_authentication'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'

interface CodeEntry {
  readonly status: number
  /** The HTTP status phrase: the title that RFC 9457 §4.2.1 asks of `about:blank`. */
  readonly title: string
  /** One fixed sentence: what was refused and what the caller can do. */
  readonly detail: string
  /** The `error` of the challenge; undefined: a bare challenge; null: no challenge at all. */
  readonly challenge: ChallengeError | undefined | null
}

/** Every code with its status, its words and its challenge: the whole of what a denial can say. */
export const codeTable: Readonly<Record<AuthErrorCode, CodeEntry>> = {
  token_missing: {
    status: 401,
    title: 'Unauthorized',
    detail: 'This resource needs an access token and the request carries none.',
    challenge: undefined,
  },
  request_malformed: {
    status: 400,
    title: 'Bad Request',
    detail: 'The request is malformed: credentials or body are not of the expected form.',
    challenge: 'invalid_request',
  },
  token_repeated: {
    status: 400,
    title: 'Bad Request',
    detail: 'The request carries more than one access token. Send exactly one.',
    challenge: 'invalid_request',
  },
  token_malformed: {
    status: 401,
    title: 'Unauthorized',
    detail: 'The access token is not a well-formed JSON Web Token.',
    challenge: 'invalid_token',
  },
  token_rejected: {
    status: 401,
    title: 'Unauthorized',
    detail: 'The access token is not accepted here. Obtain a new one.',
    challenge: 'invalid_token',
  },
  token_expired: {
    status: 401,
    title: 'Unauthorized',
    detail: 'The access token has expired. Obtain a new one.',
    challenge: 'invalid_token',
  },
  scope_insufficient: {
    status: 403,
    title: 'Forbidden',
    detail: 'The access token does not grant the scope that this resource needs.',
    challenge: 'insufficient_scope',
  },
  role_insufficient: {
    status: 403,
    title: 'Forbidden',
    detail: 'The caller does not have a role that this resource needs.',
    challenge: null,
  },
  authorization_insufficient: {
    status: 403,
    title: 'Forbidden',
    detail: 'The access token does not carry the authorization details that this resource needs.',
    challenge: null,
  },
  access_denied: {
    status: 403,
    title: 'Forbidden',
    detail: 'The caller is not allowed to do this.',
    challenge: null,
  },
  authentication_insufficient: {
    status: 401,
    title: 'Unauthorized',
    detail: 'This resource needs a stronger or more recent authentication. Log in again as the challenge asks.',
    challenge: 'insufficient_user_authentication',
  },
  proof_rejected: {
    status: 401,
    title: 'Unauthorized',
    detail: 'The proof of possession is missing or not accepted. Send a new one for this request.',
    challenge: 'invalid_dpop_proof',
  },
  nonce_required: {
    status: 401,
    title: 'Unauthorized',
    detail: 'The proof of possession needs the nonce of this response. Send a new one with it.',
    challenge: 'use_dpop_nonce',
  },
  proof_required: {
    status: 403,
    title: 'Forbidden',
    detail: "The session is bound to a device, which has to prove that it holds the session's key.",
    challenge: null,
  },
  binding_rejected: {
    status: 403,
    title: 'Forbidden',
    detail: 'The registration of the device is not accepted.',
    challenge: null,
  },
  origin_rejected: {
    status: 403,
    title: 'Forbidden',
    detail: 'The request comes from another origin that is not trusted here.',
    challenge: null,
  },
  refresh_rejected: {
    status: 401,
    title: 'Unauthorized',
    detail: 'The refresh token is not accepted. Log in again.',
    challenge: null,
  },
  keys_unavailable: {
    status: 503,
    title: 'Service Unavailable',
    detail: "The token issuer's keys cannot be had at the moment. Try again later.",
    challenge: null,
  },
  store_unavailable: {
    status: 503,
    title: 'Service Unavailable',
    detail: 'The session store cannot be reached at the moment. Try again later.',
    challenge: null,
  },
}

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
