import { ConfigError, refuseUnknownOptions } from '../config-error.js'

/** What a guard can ask of a caller. */
export interface RequirementOptions {
  /** Scopes that must all be granted: a space-separated string or a list. Default: none. */
  readonly scope?: string | readonly string[]
}

/** What one route asks for: made once by `createRequirement`, read at every request. */
export interface Requirement {
  /** False: a request without any token passes, without identity. A bad token is refused all the same. */
  readonly required: boolean
  /** Scopes that must all be granted. */
  readonly scope: readonly string[]
}

// scope-token of RFC 6749 §3.3: printable ASCII but space, quote and backslash; so it is safe inside the challenge.
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/**
 * Checks what a guard was asked to require and puts it in the form that `authenticate` reads.
 *
 * @param required true for `requireAuth`, false for `optionalAuth`
 * @throws ConfigError for an unknown option, an empty scope or one that no token can carry
 */
export function createRequirement(required: boolean, options: RequirementOptions = {}): Requirement {
  refuseUnknownOptions('guard', options, ['scope'])
  if (options.scope === undefined) return { required, scope: [] }
  const scope: unknown = typeof options.scope === 'string' ? options.scope.split(' ') : options.scope
  if (!Array.isArray(scope) || scope.length === 0 || !scope.every(isScopeToken)) {
    throw new ConfigError('guard: scope must be one or more scope words (RFC 6749 §3.3), separated by single spaces.')
  }
  return { required, scope: [...scope] }
}

/** Whether a value is one scope word (scope-token, RFC 6749 §3.3). */
export function isScopeToken(word: unknown): word is string {
  return typeof word === 'string' && scopeToken.test(word)
}

/** Whether every needed scope was granted; compared as whole words, letter case included (RFC 6749 §3.3). */
export function grants(granted: readonly string[], needed: readonly string[]): boolean {
  for (const word of needed) if (!granted.includes(word)) return false
  return true
}
