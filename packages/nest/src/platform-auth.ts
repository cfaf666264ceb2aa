import type { Auth } from '@latchkey/core'
import type { SessionGuardOptions } from '@latchkey/core/adapter'

/** A guard of the platform below Nest. It calls `next` if the request may pass, and otherwise answers the request itself. */
export type PlatformGuard = (request: never, response: never, next: (error?: Error) => void) => void

/** The part that Nest uses of what `expressAuth` of `@latchkey/express` or `fastifyAuth` of `@latchkey/fastify` returns. */
export interface PlatformAuth<Claims extends object = object> {
  requireAuth(options?: SessionGuardOptions): PlatformGuard
  optionalAuth(options?: SessionGuardOptions): PlatformGuard
  requireSameOrigin(): PlatformGuard
  /** Throws ConfigError if the verifier has no `resource`. */
  resourceMetadata(): PlatformGuard
  getOptionalAuth(request: never): Auth<Claims> | null
  /** Fastify's plugin, which the module registers. */
  readonly plugin?: unknown
}
