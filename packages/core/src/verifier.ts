import type { Auth, UntypedClaims } from './auth.js'
import type { CheckOrigin } from './csrf/check-origin.js'
import type { KeySetSnapshot } from './keys/key-set.js'
import type { MaybePromise } from './maybe-promise.js'
import type { ResourceMetadata } from './protected-resource.js'
import type { Authenticate } from './request-view.js'
import type { VerifierStats } from './stats.js'
import type { VerifierOptions } from './verifier-options.js'
import type { Watch } from './watch/create-watch.js'

/** Verifies tokens and decides about requests. Made by `createVerifier`; shared by any number of apps and guards. */
export interface Verifier<Claims extends object = UntypedClaims> {
  /** The one way through, for adapters: a request's view and a route's requirement give a decision. */
  readonly authenticate: Authenticate<Claims>
  /** What to answer a `GET` of `resourceMetadata.path` with; undefined without the option `resource`. */
  readonly resourceMetadata: ResourceMetadata | undefined
  /** The cross-origin check alone, for adapters' `requireSameOrigin`: no token is looked at. */
  readonly checkOrigin: CheckOrigin
  /**
   * Verifies a token that came another way than by a request, e.g. in a WebSocket's first message. Always `await` it:
   * it answers at once where it can.
   *
   * @throws AuthError where the token is refused, thrown or as a rejection
   */
  verify(token: string): MaybePromise<Auth<Claims>>
  /**
   * Watches who is calling while a connection lasts: calls back once, at most a second after `exp` has passed (without
   * tolerance), the key is trusted no longer or `isRevoked` says so. Starts one timer for all, which keeps no process alive. An
   * introspected token is watched by its `exp` and `isRevoked` alone: its issuer is not asked again.
   *
   * @param auth what a guard stored or `verify` gave
   * @param onEnd closes the connection, e.g. a WebSocket with a code of 4000 or above
   * @throws ConfigError for any other object
   */
  watch(auth: Auth<Claims>, onEnd: () => void): Watch<Claims>
  /** Resolves once every issuer's keys are held. Rejects with `keys_unavailable`. */
  ready(): Promise<void>
  /** Fetches the keys of all issuers now, or of the one named. Rejects with `keys_unavailable`. */
  refresh(issuer?: string): Promise<void>
  /**
   * Stops trusting the key under a kid, of all issuers or of the one named: at once, under every kid, for tokens without
   * one, and after every refetch, until the process ends. Another key under the kid counts again. A secret has no kid.
   */
  forget(kid: string, issuer?: string): void
  /** How each issuer's keys stand, for a readiness probe. */
  keySets(): readonly KeySetSnapshot[]
  /** What it has counted since it was made: a snapshot. */
  stats(): VerifierStats
  /** What it was made with, for what documents the API (`@latchkey/core/openapi`). A secret is still among it: never log it. */
  options(): VerifierOptions<object>
}
