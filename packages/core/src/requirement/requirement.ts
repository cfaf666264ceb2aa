import type { Auth, UntypedClaims } from '../auth.js'
import { ConfigError, isFilledText, refuseUnknownOptions, requireList, requireOneOrMore } from '../config-error.js'
import {
  type AuthorizationDetail,
  type AuthorizationDetailOptions,
  readAuthorizationDetails,
} from './authorization-details.js'

/**
 * What a guard can require of a caller. All given options must hold; they are checked in the order of this list. A string
 * stands for a list of one.
 */
export interface RequirementOptions<Claims extends object = UntypedClaims> {
  /** Scopes that must all be granted, as a space-separated string or a list. Else `scope_insufficient` (403). Default: none. */
  readonly scope?: string | readonly string[]
  /**
   * Scopes of which at least one must be granted, as a space-separated string or a list. Else `scope_insufficient` (403).
   * Default: none.
   */
  readonly anyScope?: string | readonly string[]
  /**
   * Roles of which the caller must have at least one; see the issuer's `rolesFrom`. Else `role_insufficient` (403). Default:
   * none.
   */
  readonly role?: string | readonly string[]
  /**
   * What the claim `authorization_details` must allow (RFC 9396). For each entry here, one entry of the claim must allow all of
   * it. Else `authorization_insufficient` (403). Default: none.
   */
  readonly authorizationDetails?: AuthorizationDetailOptions | readonly AuthorizationDetailOptions[]
  /**
   * Authentication contexts; the claim `acr` must be one of them (RFC 9470 §4). Else `authentication_insufficient` (401).
   * Default: any.
   */
  readonly acr?: string | readonly string[]
  /**
   * The longest time since the user logged in (`auth_time`), in whole seconds (RFC 9470 §4). Else `authentication_insufficient`
   * (401). Default: no limit.
   */
  readonly maxAuthAge?: number
  /**
   * The app's own check. It runs last and at every request, also for a remembered token, so it may ask a database. (The answer
   * of a claims schema is remembered with the token.) Any answer but `true` is `access_denied` (403). What it throws goes to
   * the framework's error handler. Default: none.
   */
  readonly check?: (auth: Auth<Claims>) => boolean | PromiseLike<boolean>
}

/** What one route requires. `createRequirement` makes it once, and it is read at every request. */
export interface Requirement {
  /** False: a request without any token passes, without an identity. A bad token is still refused. */
  readonly required: boolean
  /** The scopes that must all be granted. */
  readonly scope: readonly string[]
  /** What few routes require; undefined: nothing more. */
  readonly more?: FurtherRequirement
}

/** What a route requires beyond `scope`. Members that are undefined are not checked. */
export interface FurtherRequirement {
  readonly anyScope?: readonly string[] | undefined
  readonly role?: readonly string[] | undefined
  readonly authorizationDetails?: readonly AuthorizationDetail[] | undefined
  readonly acr?: readonly string[] | undefined
  readonly maxAuthAge?: number | undefined
  // A method, so that its type accepts a check for more specific claims.
  check?(auth: Auth<object>): unknown
}

// scope-token of RFC 6749 §3.3: printable ASCII without space, quote and backslash. So it is safe inside the challenge.
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
 * Checks the options of a guard and puts them in the form that `authenticate` reads.
 *
 * @param required true for `requireAuth`, false for `optionalAuth`
 * @param options what the guard requires; default: only a good token
 * @throws ConfigError for an unknown option, an empty list, or a value that no token could have or no challenge could carry
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
    role: role === undefined ? undefined : requireOneOrMore('guard: role', role, isFilledText, texts),
    authorizationDetails:
      authorizationDetails === undefined ? undefined : readAuthorizationDetails(authorizationDetails),
    // The challenge carries them, separated by spaces.
    acr: acr === undefined ? undefined : requireOneOrMore('guard: acr', acr, isScopeToken, sentTexts),
    maxAuthAge,
    ...(check === undefined ? {} : { check }),
  }
}

function readScopes(option: string, value: string | readonly string[]): readonly string[] {
  const words = typeof value === 'string' ? value.split(' ') : undefined
  // A string is one value, so the message does not say which of its words is wrong.
  const list = words?.every(isScopeToken) === true ? words : value
  return requireList(`guard: ${option}`, list, isScopeToken, scopeWords)
}

const scopeWords = 'must be one or more scope words (RFC 6749 §3.3), separated by single spaces.'
const texts = 'must be a string or a list of strings, none of them empty.'
const sentTexts =
  'must be a string or a list of strings, none of them empty, in printable ASCII without spaces, quotes and backslashes.'

/** Whether a value is one scope word (scope-token, RFC 6749 §3.3). */
export function isScopeToken(word: unknown): word is string {
  return typeof word === 'string' && scopeToken.test(word)
}
