import type { Auth, UntypedClaims } from '../auth.js'
import { ConfigError, refuseUnknownOptions } from '../config-error.js'
import { requireRealm } from '../denial.js'
import type { Authenticate } from '../request-view.js'
import { createRequirement, type Requirement, type RequirementOptions } from '../requirement/requirement.js'
import type { CarriedRules } from '../requirement/requirement-of.js'
import type { Verifier } from '../verifier.js'

/** As much of an app's sessions as a guard asks; `createSessions` of `@latchkey/session` makes them. */
export interface GuardedSessions<Claims extends object> {
  readonly verifier: Verifier<Claims>
  /** As `verifier.authenticate`, after a refresh in passing where the access cookie is gone or expired. */
  readonly authenticateOrRefresh: Authenticate<Claims>
}

/** What a guard can be asked in an app with sessions. */
export interface SessionGuardOptions<Claims extends object = UntypedClaims> extends RequirementOptions<Claims> {
  /**
   * For pages without script: where the access cookie is gone or expired and a refresh cookie came along, refreshes the
   * session in passing and sets the new cookies on the response, `Cache-Control: no-store` with them. What the handler sets or
   * clears for these cookies wins. Default false: the client calls `refresh` itself.
   */
  readonly refresh?: boolean
}

/** What every adapter takes beside its verifier or sessions. */
export interface AnswerOptions<OnDeny> {
  /** Protection space named in the challenge (RFC 9110 §11.5). Default: none. */
  readonly realm?: string
  /**
   * Answers a refused request in place of the guard or verb: it must send a response, now or later. What it throws goes to the
   * app's error handler. Default: the problem body and challenge of the error's code.
   */
  readonly onDeny?: OnDeny
}

/** Whose word counts in an app: a verifier's, or that of sessions, which have one. */
export type AuthOptions<Claims extends object, Sessions, OnDeny> = AnswerOptions<OnDeny> &
  (
    | { readonly verifier: Verifier<Claims>; readonly sessions?: never }
    | { readonly sessions: Sessions; readonly verifier?: never }
  )

/**
 * Checks an adapter's options.
 *
 * @param where the adapter's function, for messages
 * @param others names of options that only this adapter has
 * @throws ConfigError for an unknown option, none or both of verifier and sessions, or a realm that cannot be quoted
 */
export function readVerifier<Claims extends object>(
  where: string,
  options: AuthOptions<Claims, GuardedSessions<Claims>, unknown>,
  others: Readonly<Record<string, true>> = {},
): Verifier<Claims> {
  refuseUnknownOptions(where, options, { verifier: true, sessions: true, realm: true, onDeny: true, ...others })
  requireRealm(options.realm)
  if (options.onDeny !== undefined && typeof options.onDeny !== 'function') {
    throw new ConfigError(`${where}: onDeny must be a function that answers the request.`)
  }
  const { verifier, sessions } = options
  if (verifier !== undefined && sessions !== undefined) {
    throw new ConfigError(`${where}: give verifier or sessions, not both. Sessions bring their own verifier.`)
  }
  if (sessions !== undefined) return requireVerifier(where, 'sessions', 'createSessions', sessions?.verifier)
  return requireVerifier(where, 'verifier', 'createVerifier', verifier)
}

function requireVerifier<Claims extends object>(
  where: string,
  option: string,
  maker: string,
  verifier: Verifier<Claims> | undefined,
): Verifier<Claims> {
  if (typeof verifier?.authenticate === 'function') return verifier
  throw new ConfigError(`${where}: ${option} is missing. Make one with ${maker}; mind an await.`)
}

/** Who decides about a guard's requests, and what it asks. */
export interface GuardRules<Claims extends object> extends CarriedRules {
  readonly authenticate: Authenticate<Claims>
  readonly requirement: Requirement
}

/**
 * Checks what a guard is asked. Without sessions `refresh` is an option like any other that a guard does not know.
 *
 * @param required true for `requireAuth`, false for `optionalAuth`
 * @throws ConfigError for an unknown option or a bad one
 */
export function readGuardRules<Claims extends object>(
  { verifier, sessions }: AuthOptions<Claims, GuardedSessions<Claims>, unknown>,
  required: boolean,
  options: SessionGuardOptions<Claims> = {},
): GuardRules<Claims> {
  if (sessions === undefined) {
    return {
      authenticate: verifier.authenticate,
      requirement: createRequirement(required, options),
      options: verifier.options,
    }
  }
  const { refresh = false, ...asked } = options
  if (typeof refresh !== 'boolean') throw new ConfigError('guard: refresh must be true or false.')
  const authenticate = refresh ? sessions.authenticateOrRefresh : sessions.verifier.authenticate
  const requirement = createRequirement(required, asked)
  return { authenticate, requirement, refreshes: refresh, options: sessions.verifier.options }
}

/**
 * What every adapter gives: guards, and who is calling. Where a guard's type says what it leaves to the handler, an optional one
 * and one that stores nobody have types of their own.
 */
export interface AppAuth<Guard, Options, Request, Claims extends object, OptionalGuard = Guard, PlainGuard = Guard> {
  /** Lets only requests pass that carry one good token and fulfil the requirement. Throws ConfigError for bad options. */
  readonly requireAuth: (options?: Options) => Guard
  /** Lets a request without a token pass as nobody's. A bad token is refused. Throws ConfigError for bad options. */
  readonly optionalAuth: (options?: Options) => OptionalGuard
  /**
   * The cross-origin check alone, for routes that know their caller by other means, e.g. by a cookie of the app's own: refuses
   * what a page of another origin sends, but for GET, HEAD and OPTIONS.
   */
  readonly requireSameOrigin: () => PlainGuard
  /**
   * Answers who asks for the API's metadata (RFC 9728), at the path that every challenge names, and lets all else pass: for the
   * whole app, before its routes.
   * Throws ConfigError where the verifier has no `resource`.
   */
  readonly resourceMetadata: () => PlainGuard
  /** Who is calling. Throws ConfigError where no guard ran, or an optional one found no token. */
  readonly getAuth: (request: Request) => Auth<Claims>
  /** Who is calling, null for nobody. Throws ConfigError where no guard ran. */
  readonly getOptionalAuth: (request: Request) => Auth<Claims> | null
}
