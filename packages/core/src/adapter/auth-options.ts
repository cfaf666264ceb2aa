import type { UntypedClaims } from '../auth.js'
import { ConfigError, refuseUnknownOptions } from '../config-error.js'
import { requireRealm } from '../denial.js'
import type { Authenticate } from '../request-view.js'
import { createRequirement, type Requirement, type RequirementOptions } from '../requirement/requirement.js'
import type { CarriedRules } from '../requirement/requirement-of.js'
import type { Verifier } from '../verifier.js'

/** The part of an app's sessions that a guard uses. `createSessions` of `@latchkey/session` makes them. */
export interface GuardedSessions<Claims extends object> {
  readonly verifier: Verifier<Claims>
  /** Like `verifier.authenticate`, but first refreshes the session if the access cookie is missing or expired. */
  readonly authenticateOrRefresh: Authenticate<Claims>
}

/** What a guard can require in an app with sessions. */
export interface SessionGuardOptions<Claims extends object = UntypedClaims> extends RequirementOptions<Claims> {
  /**
   * For pages without script. If the access cookie is missing or expired and the request carries a refresh cookie, the guard
   * refreshes the session itself, sets the new cookies on the response, and adds `Cache-Control: no-store`. If the handler
   * sets or clears the same cookies, the handler wins. Default false: the client calls `refresh` itself.
   */
  readonly refresh?: boolean
}

/** What every adapter takes beside its verifier or sessions. */
export interface AnswerOptions<OnDeny> {
  /** Names the protection space in each challenge (RFC 9110 §11.5). Printable ASCII without `"` and `\`. Default: none. */
  readonly realm?: string
  /**
   * Answers a refused request in place of the guard or verb. It must send a response, now or later. What it throws goes to
   * the app's error handler. Default: answers with the problem body and the challenge of the error's code.
   */
  readonly onDeny?: OnDeny
}

/** An adapter's options: either a verifier or sessions (which bring their own verifier), never both. */
export type AuthOptions<Claims extends object, Sessions, OnDeny> = AnswerOptions<OnDeny> &
  (
    | { readonly verifier: Verifier<Claims>; readonly sessions?: never }
    | { readonly sessions: Sessions; readonly verifier?: never }
  )

/**
 * Checks an adapter's options.
 *
 * @param where the name of the adapter's function, for error messages
 * @param others the names of options that only this adapter has; default: none
 * @returns the verifier that the adapter uses: the one given, or that of the sessions
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
  throw new ConfigError(`${where}: ${option} is missing. Make it with ${maker}. If you have a promise of it, await it.`)
}

/** Who decides about a guard's requests, and what the guard requires. */
export interface GuardRules<Claims extends object> extends CarriedRules {
  readonly authenticate: Authenticate<Claims>
  readonly requirement: Requirement
}

/**
 * Checks the options of a guard. Without sessions, `refresh` is an unknown option.
 *
 * @param required true for `requireAuth`, false for `optionalAuth`
 * @throws ConfigError for an unknown option or a wrong value
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
