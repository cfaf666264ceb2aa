import { AuthError, ConfigError, type DenialReason } from '@latchkey/core'
import { deepestNesting, isObject, isScopeToken, isTooDeep } from '@latchkey/core/adapter'

/** A log-in: who the user is, and what the access tokens say. */
export interface Login {
  /** The subject: the user's stable id in your app. Not empty. */
  readonly sub: string
  /** The granted scopes, each a word without spaces (RFC 6749 §3.3). Default: none. */
  readonly scope?: readonly string[]
  /**
   * Your own claims, which are copied into each access token: values of JSON, at most 64 levels deep, with no name that the
   * token itself uses (`iss`, `sub`, `exp`, …). Default: none.
   */
  readonly claims?: { readonly [claim: string]: unknown }
  /** The client that logs in, for apps with several (`client_id`, RFC 9068 §2.2). Default: none. */
  readonly clientId?: string
  /**
   * A name of this session for a page of devices, such as "Firefox on Linux": at most 256 UTF-16 units. It is in no token. It
   * may come from the client, so show it only as text. Default: none, which is null in the list.
   */
  readonly label?: string | null
}

/** The part of a log-in that a refresh may change. */
export interface Grant {
  /** The granted scopes, each a word without spaces (RFC 6749 §3.3). */
  readonly scope: readonly string[]
  /** The app's own claims, as in `Login`. */
  readonly claims: { readonly [claim: string]: unknown }
}

/** A checked log-in, with its defaults. */
export interface CheckedLogin extends Grant {
  readonly sub: string
  readonly clientId?: string
  readonly label: string | null
}

/**
 * The claims that the token itself uses or that change what it means (RFC 7519 §4.1, RFC 9068, RFC 8693, RFC 7800), and
 * `__proto__`, which would set a prototype.
 */
const reservedClaims = new Set(
  'iss sub aud exp nbf iat jti sid client_id scope scp azp cnf act may_act __proto__'.split(' '),
)
const longestLabel = 256

/** Why a part of a log-in is refused: some of the reasons of `request_malformed`. */
type LoginFault = 'body_malformed' | 'scope_invalid' | 'claim_reserved' | 'claims_too_deep'

/**
 * Checks a log-in at run time, because its parts may come from a request.
 *
 * @throws AuthError `request_malformed`, with the reason
 */
export function readLogin(login: unknown): CheckedLogin {
  if (!isObject(login)) throw malformed('body_malformed')
  const { sub, clientId, label = null, scope, claims } = login
  if (typeof sub !== 'string' || sub === '') throw malformed('subject_invalid')
  if (clientId !== undefined && typeof clientId !== 'string') throw malformed('body_malformed')
  if (label !== null && !(typeof label === 'string' && label.length <= longestLabel)) throw malformed('label_invalid')
  const grant = readGrant(scope, claims)
  if (typeof grant === 'string') throw malformed(grant)
  return { sub, label, scope: [], claims: {}, ...grant, ...(clientId === undefined ? {} : { clientId }) }
}

const hookFaults: Readonly<Record<LoginFault, string>> = {
  body_malformed: 'claims must be an object of JSON values',
  scope_invalid: 'scope must be a list of words without spaces (RFC 6749 §3.3)',
  claim_reserved: `claims must not use a name of the token itself: ${[...reservedClaims].join(', ')}`,
  claims_too_deep: `claims must not be nested more than ${deepestNesting} levels`,
}

/**
 * Checks the answer of the app's refresh hook.
 *
 * @param before what counts for members that the answer leaves out
 * @throws ConfigError for a wrong answer, which is the app's mistake and not the client's
 */
export function readHookAnswer(answer: unknown, before: Grant): Grant {
  if (!isObject(answer)) {
    throw new ConfigError(
      'onRefresh must answer with { scope, claims }, or a part of it, or with null to end the session.',
    )
  }
  const grant = readGrant(answer['scope'], answer['claims'])
  if (typeof grant === 'string') throw new ConfigError(`onRefresh has answered wrongly: ${hookFaults[grant]}.`)
  return { scope: before.scope, claims: before.claims, ...grant }
}

/** Gives scope and claims, if they are given, or what is wrong with them. */
function readGrant(scope: unknown, claims: unknown): Partial<Grant> | LoginFault {
  if (scope !== undefined && !(Array.isArray(scope) && scope.every(isScopeToken))) return 'scope_invalid'
  const granted = scope === undefined ? {} : { scope: [...scope] }
  if (claims === undefined) return granted
  if (!isObject(claims)) return 'body_malformed'
  if (Object.keys(claims).some((name) => reservedClaims.has(name))) return 'claim_reserved'
  if (isTooDeep(claims)) return 'claims_too_deep'
  // A copy, in the form that the token will have. Later changes of the app's object have no effect.
  const copy: Grant['claims'] = JSON.parse(JSON.stringify(claims))
  return { ...granted, claims: copy }
}

function malformed(reason: DenialReason): AuthError {
  return new AuthError('request_malformed', { reason })
}
