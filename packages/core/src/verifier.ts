import type { Auth, UntypedClaims } from './auth.js'
import type { CheckOrigin } from './csrf/require-same-origin.js'
import type { KeySetSnapshot } from './keys/key-set.js'
import type { MaybePromise } from './maybe-promise.js'
import type { ResourceMetadata } from './protected-resource.js'
import type { Authenticate } from './request-view.js'
import type { VerifierStats } from './stats.js'
import type { VerifierOptions } from './verifier-options.js'
import type { Watch } from './watch/create-watch.js'

/** Verifies tokens and decides about requests. `createVerifier` makes it. Any number of apps and guards can share it. */
export interface Verifier<Claims extends object = UntypedClaims> {
  /** Decides about a request, by its view and by the route's requirement. Adapters call it. */
  readonly authenticate: Authenticate<Claims>
  /** The response to a `GET` of `resourceMetadata.path` (RFC 9728); undefined without the option `resource`. */
  readonly resourceMetadata: ResourceMetadata | undefined
  /** Does the cross-origin check alone, without looking at a token. The `requireSameOrigin` of adapters calls it. */
  readonly checkOrigin: CheckOrigin
  /**
   * Verifies a token that did not come with a request, e.g. one in the first message of a WebSocket. It gives a promise only if
   * it must wait, so always `await` it.
   *
   * @throws AuthError if the token is refused, thrown or as a rejection
   */
  verify(token: string): MaybePromise<Auth<Claims>>
  /**
   * Watches an identity while a connection lasts. It calls `onEnd` once, at most a second after `exp` has passed (without
   * tolerance), after the key is no longer trusted, or after `isRevoked` answers true. All watches share one timer, which does
   * not keep the process alive. For a token from introspection, only `exp` and `isRevoked` count: its issuer is not asked
   * again.
   *
   * @param auth what a guard has stored or `verify` has given
   * @param onEnd closes the connection, e.g. a WebSocket with a code of 4000 or above
   * @throws ConfigError for any other object, also for a copy
   */
  watch(auth: Auth<Claims>, onEnd: () => void): Watch<Claims>
  /**
   * Resolves when the keys of all known issuers are held. Rejects with an AuthError `keys_unavailable` if some cannot be
   * fetched.
   */
  ready(): Promise<void>
  /**
   * Fetches keys now.
   *
   * @param issuer the name of the issuer; default: all known issuers
   * @throws AuthError `keys_unavailable` if the fetch fails, ConfigError if there is no such issuer, both as a rejection
   */
  refresh(issuer?: string): Promise<void>
  /**
   * Stops trusting a key at once, until the process ends: the same key is not accepted under another kid or without one, and no
   * refetch brings it back. Another key with this kid is accepted. Secrets have no kid, so they cannot be forgotten.
   *
   * @param kid the key's kid
   * @param issuer the name of the issuer; default: all issuers
   * @throws ConfigError if no issuer of a list has that name
   */
  forget(kid: string, issuer?: string): void
  /** Gives the state of each known issuer's keys, for a readiness probe. */
  keySets(): readonly KeySetSnapshot[]
  /** Gives a copy of the counters since the verifier was made. */
  stats(): VerifierStats
  /** Gives the options that it was made with, for `@latchkey/core/openapi`. They may contain secrets, so never log them. */
  options(): VerifierOptions<object>
}
