import { AuthError } from '../auth-error.js'
import type { VerifiedToken } from '../token/verified-token.js'
import { allowsDetails } from './authorization-details.js'
import type { FurtherRequirement, Requirement } from './requirement.js'

/**
 * Checks what a route requires of a good token, in the order scope, anyScope, role, authorizationDetails, acr and maxAuthAge.
 * The first that fails decides. The app's own `check` comes after it.
 *
 * @param now gives seconds since the epoch; called only to compare an age
 * @returns the refusal; undefined if nothing is missing
 */
export function unmet(verified: VerifiedToken, { scope, more }: Requirement, now: () => number): AuthError | undefined {
  // Compared as whole words, letter case included (RFC 6749 §3.3).
  for (const word of scope) {
    if (!verified.grants.effectiveScope.includes(word)) return new AuthError('scope_insufficient', { scope })
  }
  return more === undefined ? undefined : furtherUnmet(verified, more, now)
}

function furtherUnmet(verified: VerifiedToken, more: FurtherRequirement, now: () => number): AuthError | undefined {
  const { anyScope, role, authorizationDetails, acr, maxAuthAge } = more
  const { signed, grants } = verified
  if (anyScope !== undefined && !shares(grants.effectiveScope, anyScope)) {
    return new AuthError('scope_insufficient', { scope: anyScope })
  }
  if (role !== undefined && !shares(grants.roles, role)) return new AuthError('role_insufficient')
  if (authorizationDetails !== undefined && !allowsDetails(signed['authorization_details'], authorizationDetails)) {
    return new AuthError('authorization_insufficient')
  }
  const strong = acr === undefined || (typeof signed['acr'] === 'string' && acr.includes(signed['acr']))
  if (strong && (maxAuthAge === undefined || isRecent(verified, maxAuthAge, now()))) return undefined
  return new AuthError('authentication_insufficient', { acrValues: acr, maxAge: maxAuthAge })
}

/** Whether the user logged in at most `maxAuthAge` seconds ago and not in the future, both with the issuer's tolerance. */
function isRecent({ signed, issuer }: VerifiedToken, maxAuthAge: number, now: number): boolean {
  const { clockTolerance } = issuer.claimsRules
  const authTime = signed['auth_time']
  if (typeof authTime !== 'number' || !Number.isFinite(authTime)) return false
  return now < authTime + maxAuthAge + clockTolerance && authTime <= now + clockTolerance
}

function shares(some: readonly string[], others: readonly string[]): boolean {
  for (const each of some) if (others.includes(each)) return true
  return false
}
