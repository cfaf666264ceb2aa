import type { AuthError } from './auth-error.js'
import type { Clock } from './clock.js'
import type { MaybePromise } from './maybe-promise.js'
import type { JsonObject } from './token/compact-jws.js'

/** What an introspection learns about the issuer that it is for. */
export interface IntrospectionContext {
  /** The issuer's name. */
  readonly issuer: string
  /** The configured audiences; null: the audience is not checked. */
  readonly audience: readonly string[] | null
  /** The verifier's clock, in seconds since the epoch. */
  readonly clock: Clock
}

/**
 * Asks the issuer about a token (RFC 7662 §2). Gives the claims of an active token, or the refusal. Core then checks issuer,
 * audience and times as for any token. Never rejects.
 */
export type Introspect = (token: string) => MaybePromise<JsonObject | AuthError>

/** How tokens that are not JWTs are checked, for one issuer. `createIntrospection` of `@latchkey/introspection` makes it. */
export type Introspection = (context: IntrospectionContext) => Introspect
