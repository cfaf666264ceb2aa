import type { Auth, UntypedClaims } from '../auth.js'
import { ConfigError, refuseUnknownOptions } from '../config-error.js'
import {
  type AuthorizationDetail,
  type AuthorizationDetailOptions,
  readAuthorizationDetails,
} from './authorization-details.js'

/** What a guard can ask of a caller. All that is given must hold; a string stands for a list of one. */
export interface RequirementOptions<Claims extends object = UntypedClaims> {
  /** Scopes that must all be granted: a space-separated string or a list. Else `scope_insufficient`. Default: none. */
  readonly scope?: string | readonly string[]
  /** Scopes of which one must be granted: a space-separated string or a list. Else `scope_insufficient`. Default: none. */
  readonly anyScope?: string | readonly string[]
  /** Roles of which the caller must have one; where they are, the issuer's `rolesFrom` says. Else `role_insufficient`. */
  readonly role?: string | readonly string[]
  /** What the caller's `authorization_details` must allow, each by one entry (RFC 9396). Else `authorization_insufficient`. */
  readonly authorizationDetails?: AuthorizationDetailOptions | readonly AuthorizationDetailOptions[]
  /** Authentication contexts of which `acr` must be one (RFC 9470). Else `authentication_insufficient`. */
  readonly acr?: string | readonly string[]
  /** Longest time since the user logged in (`auth_time`), in whole seconds (RFC 9470). Else `authentication_insufficient`. */
  readonly maxAuthAge?: number
  /**
   * The app's own question, asked last and at every request, whether the token is remembered or not: so this is the place to
   * look into a database, where a claims schema's answer is remembered with the token. Anything but `true` is `access_denied`.
   * What it throws goes to the framework's error handler.
   */
  readonly check?: (auth: Auth<Claims>) => boolean | PromiseLike<boolean>
}

/** What one route asks for: made once by `createRequirement`, read at every request. */
export interface Requirement {
  /** False: a request without any token passes, without identity. A bad token is refused all the same. */
  readonly required: boolean
  /** Scopes that must all be granted. */
  readonly scope: readonly string[]
  /** What few routes ask; undefined: nothing of it. */
  readonly more?: FurtherRequirement
}

/** What a route asks beyond scopes that must all be granted; undefined members are not asked. */
export interface FurtherRequirement {
  readonly anyScope?: readonly string[] | undefined
  readonly role?: readonly string[] | undefined
  readonly authorizationDetails?: readonly AuthorizationDetail[] | undefined
  readonly acr?: readonly string[] | undefined
  readonly maxAuthAge?: number | undefined
  // A method, since which claims it knows is between the app and its verifier.
  check?(auth: Auth<object>): unknown
}

// scope-token of RFC 6749 §3.3: printable ASCII but space, quote and backslash; so it is safe inside the challenge.
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/

const optionNames: Readonly<Record<keyof RequirementOptions, true>> = {
  scope: true,
  anyScope: true,
  role: true,
  authorizationDetails: true,
  acr: true,
  maxAuthAge: true,
  check: true,
}

/**
 * Checks what a guard was asked to require and puts it in the form that `authenticate` reads.
 *
 * @param required true for `requireAuth`, false for `optionalAuth`
 * @throws ConfigError for an unknown option, an empty list, or a value that no token could fulfil or no challenge carry
 */
export function createRequirement<Claims extends object = UntypedClaims>(
  required: boolean,
  options: RequirementOptions<Claims> = {},
): Requirement {
  refuseUnknownOptions('guard', options, optionNames)
  const { scope, ...others } = options
  const requirement = { required, scope: scope === undefined ? [] : readScopes('scope', scope) }
  if (Object.values(others).every((value) => value === undefined)) return requirement
  return { ...requirement, more: readFurther(others) }
}

function readFurther<Claims extends object>(options: RequirementOptions<Claims>): FurtherRequirement {
  const { anyScope, role, authorizationDetails, acr, maxAuthAge, check } = options
  if (maxAuthAge !== undefined && !(Number.isSafeInteger(maxAuthAge) && maxAuthAge >= 0)) {
    throw new ConfigError('guard: maxAuthAge must be whole seconds, 0 or more.')
  }
  if (check !== undefined && typeof check !== 'function') {
    throw new ConfigError('guard: check must be a function of the identity that answers true, or a promise of it.')
  }
  return {
    anyScope: anyScope === undefined ? undefined : readScopes('anyScope', anyScope),
    role: role === undefined ? undefined : readList('role', role, (each) => typeof each === 'string' && each !== ''),
    authorizationDetails:
      authorizationDetails === undefined ? undefined : readAuthorizationDetails(authorizationDetails),
    // Sent in the challenge, separated by spaces.
    acr: acr === undefined ? undefined : readList('acr', acr, isScopeToken),
    maxAuthAge,
    ...(check === undefined ? {} : { check }),
  }
}

function readScopes(option: string, value: string | readonly string[]): readonly string[] {
  const scope: unknown = typeof value === 'string' ? value.split(' ') : value
  if (!Array.isArray(scope) || scope.length === 0 || !scope.every(isScopeToken)) {
    throw new ConfigError(
      `guard: ${option} must be one or more scope words (RFC 6749 §3.3), separated by single spaces.`,
    )
  }
  return [...scope]
}

function readList(
  option: string,
  value: string | readonly string[],
  isGood: (each: unknown) => boolean,
): readonly string[] {
  const list: unknown = typeof value === 'string' ? [value] : value
  if (!Array.isArray(list) || list.length === 0 || !list.every(isGood)) {
    throw new ConfigError(`guard: ${option} must be a text or a list of such, none empty${acrForm(option)}.`)
  }
  return [...list]
}

function acrForm(option: string): string {
  return option === 'acr' ? ', printable ASCII without spaces, quotes and backslashes' : ''
}

/** Whether a value is one scope word (scope-token, RFC 6749 §3.3). */
export function isScopeToken(word: unknown): word is string {
  return typeof word === 'string' && scopeToken.test(word)
}
