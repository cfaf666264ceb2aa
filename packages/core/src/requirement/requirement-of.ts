import type { Requirement } from './requirement.js'

const requirements = new WeakMap<object, Requirement>()

/** Makes a guard carry what it asks for. */
export function carryRequirement<Guard extends object>(guard: Guard, requirement: Requirement): Guard {
  requirements.set(guard, requirement)
  return guard
}

/**
 * What a guard of any adapter asks for: from it the `security` and the 401 and 403 answers of an OpenAPI document can be made,
 * so that they are not written a second time.
 *
 * @param guard what `requireAuth` or `optionalAuth` gave
 * @returns undefined for what is no guard, and for `requireSameOrigin`, which asks nothing of the caller
 */
export function requirementOf(guard: object): Requirement | undefined {
  return requirements.get(guard)
}
