/**
 * The door to OpenAPI: what a document says about guarded operations, made from the guards themselves.
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
