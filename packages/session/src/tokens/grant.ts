import { AuthError } from '@latchkey/core'
import { isScopeToken } from '@latchkey/core/adapter'

/** What a log-in grants: who it is and what the access tokens say. */
export interface Login {
  /** Subject: the user's stable id in your app. */
  readonly sub: string
  /** Granted scopes, each a word without spaces (RFC 6749 §3.3). Default: none. */
  readonly scope?: readonly string[]
  /** Your own claims, copied into each access token; JSON, and no name that the token itself uses. Default: none. */
  readonly claims?: { readonly [claim: string]: unknown }
  /** The client that logs in, for apps with several (RFC 9068 §2.2). Default: none. */
  readonly clientId?: string
}

/** The part of a log-in that a refresh may change. */
export interface Grant {
  readonly scope: readonly string[]
  readonly claims: { readonly [claim: string]: unknown }
}

/** Claims that the token itself uses, or that change what it means (RFC 7519 §4.1, RFC 9068, RFC 8693, RFC 7800). */
const reservedClaims = new Set('iss sub aud exp nbf iat jti sid client_id scope scp azp cnf act may_act'.split(' '))

/**
 * Checks a log-in at run time, since its parts may come from a request.
 *
 * @throws AuthError `request_malformed` for a wrong type, an empty subject or a reserved claim
 */
export function readLogin(login: unknown): Login & Grant {
  if (!isObject(login)) throw new AuthError('request_malformed')
  const { sub, clientId } = login
  if (typeof sub !== 'string' || sub === '') throw new AuthError('request_malformed')
  if (clientId !== undefined && typeof clientId !== 'string') throw new AuthError('request_malformed')
  return { sub, ...readGrant(login), ...(clientId === undefined ? {} : { clientId }) }
}

/** Checks scope and claims; absent ones are empty, or as `before` has them. */
export function readGrant({ scope, claims }: { scope?: unknown; claims?: unknown }, before?: Grant): Grant {
  return {
    scope: scope === undefined ? (before?.scope ?? []) : readScope(scope),
    claims: claims === undefined ? (before?.claims ?? {}) : readClaims(claims),
  }
}

function readScope(scope: unknown): readonly string[] {
  if (!Array.isArray(scope)) throw new AuthError('request_malformed')
  return scope.map((word: unknown) => {
    if (!isScopeToken(word)) throw new AuthError('request_malformed')
    return word
  })
}

function readClaims(claims: unknown): Grant['claims'] {
  if (!isObject(claims) || Object.keys(claims).some((name) => reservedClaims.has(name))) {
    throw new AuthError('request_malformed')
  }
  // A copy as the token will carry it: what the app does to its object later changes nothing here.
  return JSON.parse(JSON.stringify(claims)) as Grant['claims']
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
