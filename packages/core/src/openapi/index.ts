/**
 * Describes guarded operations for an OpenAPI document, from the guards themselves.
 *
 * @module @latchkey/core/openapi
 */

export type { SecurityScheme } from './accepted.js'
export {
  describeGuards,
  type GuardedOperation,
  isGuard,
  type OperationContext,
  securitySchemesOf,
} from './describe-guards.js'
export type { ProblemSchema, RefusalResponse, ResponseHeader } from './refusals.js'
export type { SecurityRequirement } from './security.js'
