import type { DenialReason } from '../denial-reason.js'
import { type Algorithm, algorithmTable, isAlgorithm } from '../keys/algorithms.js'
import type { JsonObject } from './compact-jws.js'
import { isTooDeep } from './depth.js'

/** What an issuer's protected headers must be like. */
export interface HeaderRules {
  /** The allow-list: the header's `alg` must be on it (RFC 8725 §3.1). */
  readonly algorithms: readonly Algorithm[]
  /** The required `typ`, in lower case, without `application/`; undefined: `JWT`, `at+jwt` or absent. */
  readonly tokenType: string | undefined
}

/** The members of a checked header that verification needs next. */
export interface CheckedHeader {
  readonly alg: Algorithm
  readonly kid: string | undefined
}

/**
 * Checks a protected header (RFC 7515 §4.1, RFC 8725 §3). It never reads `jku`, `x5u`, `jwk` and `x5c`: keys come from the
 * configuration. `crit` is always refused, because no extension is supported (RFC 7515 §4.1.11).
 *
 * @returns the members that are needed next, or why the header is refused
 */
export function checkHeader(header: JsonObject, rules: HeaderRules): CheckedHeader | DenialReason {
  if (header === last?.header && rules === last.rules) return last.checked
  last = { header, rules, checked: checkAnew(header, rules) }
  return last.checked
}

// The result for the header that was checked last. All tokens of an issuer have the same header, and the parser gives the same
// object.
let last: { header: JsonObject; rules: HeaderRules; checked: CheckedHeader | DenialReason } | undefined

function checkAnew(header: JsonObject, rules: HeaderRules): CheckedHeader | DenialReason {
  const { alg, kid, typ } = header as Record<string, unknown>
  if (!isAlgorithm(alg) || !rules.algorithms.includes(alg)) return 'alg_not_allowed'
  if (header['crit'] !== undefined) return 'crit_unsupported'
  if (header['b64'] !== undefined) return 'b64_unsupported'
  if (header['zip'] !== undefined) return 'zip_unsupported'
  if (mediaType(header['cty']) === 'jwt') return 'cty_nested'
  if (!isExpectedType(typ, rules.tokenType)) return 'typ_mismatch'
  if (isTooDeep(header)) return 'header_too_deep'
  if (kid === undefined || typeof kid === 'string') return { alg, kid }
  // A secret has no kid, so the token's kid does not matter.
  return algorithmTable[alg].kty === 'oct' ? { alg, kid: undefined } : 'kid_invalid'
}

/** Compares `typ` (RFC 8725 §3.11): a media type with or without `application/`, in any letter case. */
function isExpectedType(typ: unknown, tokenType: HeaderRules['tokenType']): boolean {
  if (typ === undefined) return tokenType === undefined
  const type = mediaType(typ)
  return tokenType === undefined ? type === 'at+jwt' || type === 'jwt' : type === tokenType
}

/** Gives a media type in lower case, without `application/`; undefined for a value that is not a text. */
export function mediaType(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const lower = value.toLowerCase()
  return lower.startsWith('application/') ? lower.slice('application/'.length) : lower
}
