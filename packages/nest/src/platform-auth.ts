import type { Auth } from '@latchkey/core'
import type { SessionGuardOptions } from '@latchkey/core/adapter'

/** A guard of the platform below Nest: calls `next` where the request may pass, and answers the request itself where not. */
export type PlatformGuard = (request: never, response: never, next: (error?: Error) => void) => void

/** What Nest needs of what `expressAuth` of `@latchkey/express` or `fastifyAuth` of `@latchkey/fastify` gives. */
export interface PlatformAuth<Claims extends object = object> {
  requireAuth(options?: SessionGuardOptions): PlatformGuard
  optionalAuth(options?: SessionGuardOptions): PlatformGuard
  requireSameOrigin(): PlatformGuard
  getOptionalAuth(request: never): Auth<Claims> | null
  /** Fastify's plugin, which the module registers. */
  readonly plugin?: unknown
}
