/** A denial as CONTRACT's table has it. */
interface DenialRow {
  readonly status: number
  /** Of `about:blank` the title is the status phrase (RFC 9457 §4.2.1). */
  readonly title: string
  /** The challenge's `error`; undefined: a bare challenge; null: none at all. */
  readonly error: string | null | undefined
  readonly retryAfter?: true
}

const unauthorized = { status: 401, title: 'Unauthorized' }
const badRequest = { status: 400, title: 'Bad Request', error: 'invalid_request' }
const forbidden = { status: 403, title: 'Forbidden' }

/** Every denial that a guard or a session verb can answer with. */
const denials = {
  token_missing: { ...unauthorized, error: undefined },
  request_malformed: badRequest,
  token_repeated: badRequest,
  token_malformed: { ...unauthorized, error: 'invalid_token' },
  token_rejected: { ...unauthorized, error: 'invalid_token' },
  token_expired: { ...unauthorized, error: 'invalid_token' },
  scope_insufficient: { ...forbidden, error: 'insufficient_scope' },
  role_insufficient: { ...forbidden, error: null },
  authorization_insufficient: { ...forbidden, error: null },
  access_denied: { ...forbidden, error: null },
  authentication_insufficient: { ...unauthorized, error: 'insufficient_user_authentication' },
  origin_rejected: { ...forbidden, error: null },
  proof_required: { ...forbidden, error: null },
  binding_rejected: { ...forbidden, error: null },
  refresh_rejected: { ...unauthorized, error: null },
  keys_unavailable: { status: 503, title: 'Service Unavailable', error: null, retryAfter: true },
  store_unavailable: { status: 503, title: 'Service Unavailable', error: null, retryAfter: true },
} as const satisfies Record<string, DenialRow>

/** A code of a denial. */
export type DenialCode = keyof typeof denials

/** Whether an expectation is a denial. */
export function isDenial(expected: string): expected is DenialCode {
  return Object.hasOwn(denials, expected)
}

/** The row of a code. */
export function denialRow(code: DenialCode): DenialRow {
  return denials[code]
}
