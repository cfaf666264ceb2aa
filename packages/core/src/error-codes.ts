/**
 * The code of a refusal, which the client sees in the problem body. Codes are stable, and tell a client no more than it needs.
 */
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

/** The `error` of a challenge (RFC 6750 §3.1, RFC 9470 §3, RFC 9449 §7.1 and §9). */
type ChallengeError =
  | 'invalid_request'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'insufficient_user_authentication'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'

type Status = 400 | 401 | 403 | 503

/** The HTTP status phrases. RFC 9457 §4.2.1 asks for them as the title of `about:blank`. */
export const titles: Readonly<Record<Status, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  503: 'Service Unavailable',
}

interface CodeEntry {
  readonly status: Status
  /** A fixed text: what was refused and what the caller can do. */
  readonly detail: string
  /** The `error` of the challenge; undefined: a challenge without error; null: no challenge at all. */
  readonly challenge: ChallengeError | undefined | null
}

/** Every code with its status, its text and its challenge: all that a denial can say. */
export const codeTable: Readonly<Record<AuthErrorCode, CodeEntry>> = {
  token_missing: {
    status: 401,
    detail: 'This resource needs an access token and the request carries none.',
    challenge: undefined,
  },
  request_malformed: {
    status: 400,
    detail: 'The request is malformed: credentials or body are not of the expected form.',
    challenge: 'invalid_request',
  },
  token_repeated: {
    status: 400,
    detail: 'The request carries more than one access token. Send exactly one.',
    challenge: 'invalid_request',
  },
  token_malformed: {
    status: 401,
    detail: 'The access token is not a well-formed JSON Web Token.',
    challenge: 'invalid_token',
  },
  token_rejected: {
    status: 401,
    detail: 'The access token is not accepted here. Obtain a new one.',
    challenge: 'invalid_token',
  },
  token_expired: {
    status: 401,
    detail: 'The access token has expired. Obtain a new one.',
    challenge: 'invalid_token',
  },
  scope_insufficient: {
    status: 403,
    detail: 'The access token does not grant the scope that this resource needs.',
    challenge: 'insufficient_scope',
  },
  role_insufficient: {
    status: 403,
    detail: 'The caller does not have a role that this resource needs.',
    challenge: null,
  },
  authorization_insufficient: {
    status: 403,
    detail: 'The access token does not carry the authorization details that this resource needs.',
    challenge: null,
  },
  access_denied: {
    status: 403,
    detail: 'The caller is not allowed to do this.',
    challenge: null,
  },
  authentication_insufficient: {
    status: 401,
    detail: 'This resource needs a stronger or more recent authentication. Log in again as the challenge asks.',
    challenge: 'insufficient_user_authentication',
  },
  proof_rejected: {
    status: 401,
    detail: 'The proof of possession is missing or not accepted. Send a new one for this request.',
    challenge: 'invalid_dpop_proof',
  },
  nonce_required: {
    status: 401,
    detail: 'The proof of possession needs the nonce of this response. Send a new one with it.',
    challenge: 'use_dpop_nonce',
  },
  proof_required: {
    status: 403,
    detail: "The session is bound to a device, which has to prove that it holds the session's key.",
    challenge: null,
  },
  binding_rejected: {
    status: 403,
    detail: 'The registration of the device is not accepted.',
    challenge: null,
  },
  origin_rejected: {
    status: 403,
    detail: 'The request comes from another origin that is not trusted here.',
    challenge: null,
  },
  refresh_rejected: {
    status: 401,
    detail: 'The refresh token is not accepted. Log in again.',
    challenge: null,
  },
  keys_unavailable: {
    status: 503,
    detail: "The token issuer's keys are not available at the moment. Try again later.",
    challenge: null,
  },
  store_unavailable: {
    status: 503,
    detail: 'The session store cannot be reached at the moment. Try again later.',
    challenge: null,
  },
}
