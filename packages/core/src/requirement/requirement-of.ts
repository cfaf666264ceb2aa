import type { VerifierOptions } from '../verifier-options.js'
import type { Requirement } from './requirement.js'

/** What a guard is made of, as much as is told of it afterwards. */
export interface CarriedRules {
  /** Gives what its verifier was made with. */
  readonly options: () => VerifierOptions<object>
  /** What it asks of the caller. Default: nothing, but where the request comes from. */
  readonly requirement?: Requirement
  /** Whether it refreshes sessions in passing, for which it asks their store. Default false. */
  readonly refreshes?: boolean
}

const carried = new WeakMap<object, CarriedRules>()

/** Makes a guard carry what it asks for, and of whose tokens. */
export function carryRules<Guard extends object>(guard: Guard, rules: CarriedRules): Guard {
  carried.set(guard, rules)
  return guard
}

/** What a guard of any adapter carries; undefined for what is no guard. */
export function rulesOf(guard: object): CarriedRules | undefined {
  return carried.get(guard)
}

/**
 * What a guard of any adapter asks for. From it `@latchkey/core/openapi` makes the `security` and the refusals of an OpenAPI
 * document, so that they are not written a second time.
 *
 * @param guard what `requireAuth` or `optionalAuth` gave
 * @returns undefined for what is no guard, and for `requireSameOrigin`, which asks nothing of the caller
 */
export function requirementOf(guard: object): Requirement | undefined {
  return carried.get(guard)?.requirement
}
