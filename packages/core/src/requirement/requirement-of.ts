import type { VerifierOptions } from '../verifier-options.js'
import type { Requirement } from './requirement.js'

/** What can be read from a guard later, e.g. for an OpenAPI document. */
export interface CarriedRules {
  /** Gives the options that its verifier was made with. */
  readonly options: () => VerifierOptions<object>
  /** What it requires of the caller. Default: nothing; it only checks the origin. */
  readonly requirement?: Requirement
  /** Whether it refreshes sessions, for which it needs their store. Default false. */
  readonly refreshes?: boolean
}

const carried = new WeakMap<object, CarriedRules>()

/** Attaches rules to a guard, so that `requirementOf` and `@latchkey/core/openapi` can read them. Gives the same guard. */
export function carryRules<Guard extends object>(guard: Guard, rules: CarriedRules): Guard {
  carried.set(guard, rules)
  return guard
}

/** Gives the rules of a guard of any adapter; undefined for a value that is not a guard. */
export function rulesOf(guard: object): CarriedRules | undefined {
  return carried.get(guard)
}

/**
 * Gives what a guard of any adapter requires. `@latchkey/core/openapi` makes the `security` and the refusals of an OpenAPI
 * document from it, so that nobody writes them a second time.
 *
 * @param guard made by `requireAuth` or `optionalAuth`
 * @returns the requirement; undefined for a value that is not a guard, and for `requireSameOrigin`, which requires no token
 */
export function requirementOf(guard: object): Requirement | undefined {
  return carried.get(guard)?.requirement
}
