import type { RegisteredClaims } from '../auth.js'
import type { DenialReason } from '../denial-reason.js'
import type { JsonObject } from './compact-jws.js'
import { isTooDeep } from './depth.js'

/** The default of `clockTolerance`: how far clocks may differ, in seconds. */
export const defaultClockTolerance: number = 10

/** A claim that must have one of the given texts. */
export interface RequiredClaim {
  readonly name: string
  readonly values: readonly string[]
}

/** What an issuer's claims sets must be like. Durations are in seconds. */
export interface ClaimsRules {
  /** The configured audiences, one of which the token must name; null: not checked. */
  readonly audience: readonly string[] | null
  /** How far the issuer's clock may differ. */
  readonly clockTolerance: number
  /** The longest time since `iat`; undefined: no limit. */
  readonly maxTokenAge: number | undefined
  /** The claims that must have one of the given texts. Default: none. */
  readonly requiredClaims?: readonly RequiredClaim[]
}

/**
 * Checks the registered claims (RFC 7519 §4.1) at a moment. It does not check `iss`, which has chosen the rules.
 *
 * @param now seconds since the epoch
 * @returns why the claims are refused; undefined if they are good
 */
export function checkClaims(claims: JsonObject, rules: ClaimsRules, now: number): DenialReason | undefined {
  return checkForm(claims, rules) ?? checkTime(claims as unknown as RegisteredClaims, rules, now)
}

/** Checks what does not change while a token is remembered: the audience, and the type of each claim. */
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
 * Checks what changes with time: `exp`, `nbf`, `iat` (RFC 7519 §4.1.4 to §4.1.6). It is repeated for a remembered token.
 *
 * @param claims whose types have been checked
 * @param now seconds since the epoch
 * @returns why the claims are refused; undefined if they are good
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

/** Gives the first moment at which a token that `checkTime` has accepted is no longer good, in seconds since the epoch. */
export function goodUntil({ exp, iat }: RegisteredClaims, { clockTolerance, maxTokenAge }: ClaimsRules): number {
  const expiry = exp + clockTolerance
  return maxTokenAge === undefined || iat === undefined ? expiry : Math.min(expiry, iat + maxTokenAge + clockTolerance)
}

/** Whether `aud` is a string or a list of strings (RFC 7519 §4.1.3), one of which is ours. */
function namesAudience(aud: unknown, ours: readonly string[]): boolean {
  if (typeof aud === 'string') return ours.includes(aud)
  if (!Array.isArray(aud) || !aud.every((value) => typeof value === 'string')) return false
  return aud.some((value) => ours.includes(value))
}
