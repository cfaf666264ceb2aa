import type { AuthError, ChallengeRules } from './auth-error.js'
import { ConfigError } from './config-error.js'
import { codeTable, titles } from './error-codes.js'

/** The response to a refused request. It has the same bytes in every framework. */
export interface Denial {
  /** The HTTP status. */
  readonly status: number
  /** The header fields in the order in which they are sent, with names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The problem body (RFC 9457), serialized. */
  readonly body: string
}

/**
 * Turns an `AuthError` into the response that a guard sends: the status, an `application/problem+json` body (RFC 9457),
 * `Cache-Control: no-store`, and, for some codes, the `WWW-Authenticate` challenge (RFC 6750 §3) or `Retry-After`.
 *
 * @param error the refusal
 * @param realm names the protection space in the challenge (RFC 9110 §11.5); default: none
 */
export function denialOf(error: AuthError, realm?: string): Denial {
  const { status, detail } = codeTable[error.code]
  const headers: Record<string, string> = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' }
  const challenges = challengesOf(error, realm)
  if (challenges.length > 0) headers['www-authenticate'] = challenges.map(serialize).join(', ')
  Object.assign(headers, error.headers)
  if (error.retryAfter !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(error.retryAfter)))
  return {
    status,
    headers,
    body: JSON.stringify({ type: 'about:blank', title: titles[status], status, code: error.code, detail }),
  }
}

const bearerAlone: ChallengeRules = {
  schemes: ['Bearer'],
  errorIn: 'Bearer',
  algorithms: [],
  resourceMetadata: undefined,
}

/** One challenge of `WWW-Authenticate` (RFC 9110 §11.6.1). */
interface Challenge {
  readonly scheme: string
  /** In the order in which they are sent. A parameter that is undefined is not sent. */
  readonly parameters: readonly (readonly [name: string, value: string | undefined])[]
}

/** Gives the challenges of an error, one per scheme; an empty list if the client can do nothing about the error. */
function challengesOf(error: AuthError, realm: string | undefined): readonly Challenge[] {
  const { challenge } = codeTable[error.code]
  if (challenge === null) return []
  const { schemes, errorIn, algorithms, resourceMetadata } = error.challenge ?? bearerAlone
  const fault = [
    ['error', challenge],
    ['scope', error.scope?.join(' ')],
    ['acr_values', error.acrValues?.join(' ')],
    ['max_age', error.maxAge?.toString()],
  ] as const
  return schemes.map((scheme) => ({
    scheme,
    parameters: [
      ['realm', realm],
      ...(scheme === errorIn ? fault : []),
      ['algs', scheme === 'DPoP' ? algorithms.join(' ') : undefined],
      ['resource_metadata', resourceMetadata],
    ],
  }))
}

/**
 * Writes a challenge. Every value is a quoted string with nothing to escape: the options of routes and adapters are checked for
 * that.
 */
function serialize({ scheme, parameters }: Challenge): string {
  const given = parameters.filter(([, value]) => value !== undefined).map(([name, value]) => `${name}="${value}"`)
  return given.length === 0 ? scheme : `${scheme} ${given.join(', ')}`
}

/**
 * Checks a realm once, when an adapter is made, because it goes into a quoted string (RFC 9110 §5.6.4).
 *
 * @throws ConfigError if it is not a string, or contains a character that would have to be escaped
 */
export function requireRealm(realm: unknown): void {
  if (realm === undefined || (typeof realm === 'string' && /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(realm))) return
  throw new ConfigError('realm takes printable ASCII without quotes and backslashes.')
}
