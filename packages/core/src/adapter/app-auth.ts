import type { Auth } from '../auth.js'
import type { Denial } from '../denial.js'
import type { MaybePromise } from '../maybe-promise.js'
import type { Decision, RequestView } from '../request-view.js'
import { carryRules } from '../requirement/requirement-of.js'
import { type AuthOptions, type GuardedSessions, readGuardRules, type SessionGuardOptions } from './auth-options.js'
import { metadataRoute } from './metadata-route.js'
import { requireCall } from './require-call.js'
import { optionalStoredAuth, requireStoredAuth, type StoredAuth } from './stored-auth.js'

/**
 * What every adapter gives: guards, and functions that say who is calling. `OptionalGuard` and `PlainGuard` are for frameworks
 * in which the guard's type tells the handler what the guard has stored.
 */
export interface AppAuth<Guard, Options, Request, Claims extends object, OptionalGuard = Guard, PlainGuard = Guard> {
  /**
   * Makes a guard that lets a request pass only with one good token that meets the requirement. Throws ConfigError for wrong
   * options.
   */
  readonly requireAuth: (options?: Options) => Guard
  /**
   * Makes a guard that also lets requests without a token pass; `getOptionalAuth` then gives null. It still refuses a bad
   * token. Throws ConfigError for wrong options.
   */
  readonly optionalAuth: (options?: Options) => OptionalGuard
  /**
   * Makes a guard that does the cross-origin check alone. It is for routes that know their caller by other means, e.g. by a
   * cookie of the app's own. It refuses requests from a page of another origin, except GET, HEAD and OPTIONS.
   */
  readonly requireSameOrigin: () => PlainGuard
  /**
   * Makes a handler that answers requests for the API's metadata (RFC 9728), at the path that every challenge names. It lets
   * all other requests pass. Put it before the routes, for the whole app. Throws ConfigError if the verifier has no `resource`.
   */
  readonly resourceMetadata: () => PlainGuard
  /** Gives who is calling. Throws ConfigError if no guard ran, or if the guard was optional and there was no token. */
  readonly getAuth: (request: Request) => Auth<Claims>
  /** Gives who is calling, or null if the request carried no token. Throws ConfigError if no guard ran. */
  readonly getOptionalAuth: (request: Request) => Auth<Claims> | null
}

/** What a guard carries out: a decision, or an answer that does not depend on the caller. */
export type Outcome<Claims> = Decision<Claims> | Answered

interface Answered {
  readonly allow: false
  readonly answer: Denial
  readonly response?: undefined
}

/** Decides about a request, as `authenticate` does for one requirement. */
export type Decide<Claims> = (view: RequestView) => MaybePromise<Outcome<Claims>>

/**
 * Makes a guard of a framework.
 *
 * @param decide gives what the guard carries out
 * @param stores whether the guard stores who is calling; if not, it leaves what another guard has stored
 */
export type MakeGuard<Guard extends object, Claims> = (decide: Decide<Claims>, stores: boolean) => Guard

const passed: Decision<never> = { allow: true, auth: null }

/**
 * Makes what every adapter gives from the one function that is the framework's own.
 *
 * @param options the adapter's options; `readVerifier` must have checked them
 * @param storedAuth gives what a guard has stored with the request; undefined if no guard ran
 */
export function createAppAuth<Guard extends object, Request, Claims extends object>(
  options: AuthOptions<Claims, GuardedSessions<Claims>, unknown>,
  guard: MakeGuard<Guard, Claims>,
  storedAuth: (request: Request) => StoredAuth<Claims>,
): AppAuth<Guard, SessionGuardOptions<Claims>, Request, Claims> {
  const verifier = options.verifier ?? options.sessions.verifier

  function guardFor(required: boolean, given: readonly [options?: SessionGuardOptions<Claims> | undefined]): Guard {
    requireCall(required ? 'requireAuth()' : 'optionalAuth()', given, 1)
    const [asked] = given
    const rules = readGuardRules(options, required, asked)
    const { authenticate, requirement } = rules
    return carryRules(
      guard((view) => authenticate(view, requirement), true),
      rules,
    )
  }

  return {
    requireAuth: (...given) => guardFor(true, given),
    optionalAuth: (...given) => guardFor(false, given),
    requireSameOrigin: (...given) => {
      requireCall('requireSameOrigin()', given, 0)
      return carryRules(guard(verifier.checkOrigin, false), verifier)
    },
    resourceMetadata: (...given) => {
      requireCall('resourceMetadata()', given, 0)
      const metadataFor = metadataRoute(verifier.resourceMetadata)
      return guard((view) => {
        const answer = metadataFor(view)
        return answer === undefined ? passed : { allow: false, answer }
      }, false)
    },
    getAuth: (request) => requireStoredAuth(storedAuth(request)),
    getOptionalAuth: (request) => optionalStoredAuth(storedAuth(request)),
  }
}
