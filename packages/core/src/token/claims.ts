import type { RegisteredClaims } from '../auth.js'
import type { DenialReason } from '../denial-reason.js'
import type { JsonObject } from './compact-jws.js'
import { isTooDeep } from './depth.js'

/** Difference of clocks that is tolerated where nothing else is said, in seconds. */
export const defaultClockTolerance: number = 10

/** A claim that must be one of some texts. */
export interface RequiredClaim {
  readonly name: string
  readonly values: readonly string[]
}

/** What is demanded of a claims set; all durations in seconds. */
export interface ClaimsRules {
  /** Our audiences, one of which the token must name; null: not checked. */
  readonly audience: readonly string[] | null
  /** Clock difference that is tolerated. */
  readonly clockTolerance: number
  /** Longest time since `iat`; undefined: not limited. */
  readonly maxTokenAge: number | undefined
  /** Claims that the issuer tells its tokens apart by. */
  readonly requiredClaims?: readonly RequiredClaim[]
}

/**
 * Checks the registered claims (RFC 7519 §4.1) at a moment. `iss` is not looked at: it has chosen the rules.
 *
 * @param now seconds since the epoch
 * @returns why the claims are refused; undefined where they are good
 */
export function checkClaims(claims: JsonObject, rules: ClaimsRules, now: number): DenialReason | undefined {
  return checkForm(claims, rules) ?? checkTime(claims as unknown as RegisteredClaims, rules, now)
}

/** What does not change while a token is remembered: the audience, and that each claim has its type. */
function checkForm(claims: JsonObject, rules: ClaimsRules): DenialReason | undefined {
  const { aud, exp, nbf, iat, sub, jti, client_id } = claims as Record<string, unknown>
  if (rules.audience !== null && !namesAudience(aud, rules.audience)) return 'aud_mismatch'
  if (!Number.isFinite(exp)) return 'exp_invalid'
  if (nbf !== undefined && !Number.isFinite(nbf)) return 'nbf_invalid'
  if (iat === undefined ? rules.maxTokenAge !== undefined : !Number.isFinite(iat)) return 'iat_invalid'
  if (sub !== undefined && typeof sub !== 'string') return 'sub_invalid'
  if (jti !== undefined && typeof jti !== 'string') return 'jti_invalid'
  if (client_id !== undefined && typeof client_id !== 'string') return 'client_id_invalid'
  for (const { name, values } of rules.requiredClaims ?? []) {
    if (!values.some((value) => value === claims[name])) return 'claim_mismatch'
  }
  if (isTooDeep(claims)) return 'claims_too_deep'
  return undefined
}

/**
 * Checks what changes with time; asked again whenever a remembered token comes back.
 *
 * @param claims of the right form
 * @param now seconds since the epoch
 */
export function checkTime(claims: RegisteredClaims, rules: ClaimsRules, now: number): DenialReason | undefined {
  const { exp, nbf, iat } = claims
  const { clockTolerance, maxTokenAge } = rules
  if (!(now < exp + clockTolerance)) return 'exp_passed'
  if (nbf !== undefined && nbf > now + clockTolerance) return 'nbf_in_future'
  if (iat === undefined) return undefined
  if (iat > now + clockTolerance) return 'iat_in_future'
  if (maxTokenAge !== undefined && !(now < iat + maxTokenAge + clockTolerance)) return 'max_token_age_passed'
  return undefined
}

/** When a token that `checkTime` found good stops being so, seconds since the epoch: the first moment at which it is not. */
export function goodUntil({ exp, iat }: RegisteredClaims, { clockTolerance, maxTokenAge }: ClaimsRules): number {
  const expiry = exp + clockTolerance
  return maxTokenAge === undefined || iat === undefined ? expiry : Math.min(expiry, iat + maxTokenAge + clockTolerance)
}

/** `aud` is a string or a list of strings (RFC 7519 §4.1.3); one of them must be ours. */
function namesAudience(aud: unknown, ours: readonly string[]): boolean {
  if (typeof aud === 'string') return ours.includes(aud)
  if (!Array.isArray(aud) || !aud.every((value) => typeof value === 'string')) return false
  return aud.some((value) => ours.includes(value))
}
