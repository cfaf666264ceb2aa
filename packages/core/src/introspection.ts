import type { AuthError } from './auth-error.js'
import type { Clock } from './clock.js'
import type { MaybePromise } from './maybe-promise.js'
import type { JsonObject } from './token/compact-jws.js'

/** What the maker of an introspection is told of the issuer that it is for. */
export interface IntrospectionContext {
  /** The issuer's name. */
  readonly issuer: string
  /** Our audiences, as configured; null: the audience is not checked. */
  readonly audience: readonly string[] | null
  readonly clock: Clock
}

/**
 * Asks what a token means (RFC 7662 §2). Gives the claims of an active token, whose issuer, audience and times core then checks
 * as those of any token, or the refusal. Never rejects.
 */
export type Introspect = (token: string) => MaybePromise<JsonObject | AuthError>

/** How an issuer's tokens that are no JWTs are understood; from `createIntrospection` of `@latchkey/introspection`. */
export type Introspection = (context: IntrospectionContext) => Introspect
