import { ConfigError, requireList } from '../config-error.js'
import { isObject } from '../is-object.js'
import { isScopeToken } from './requirement.js'

/** Which scopes each scope implies: `{ 'posts:write': ['posts:read'] }`. Implied scopes may imply more; a cycle is allowed. */
export type ScopeImplies = { readonly [scope: string]: readonly string[] }

/**
 * Closes a hierarchy transitively, once. Scopes in a cycle imply each other.
 *
 * @returns for each scope that implies others: all scopes that it implies, without itself
 * @throws ConfigError for a text that is not a scope word (RFC 6749 §3.3), or for an empty list
 */
export function closeHierarchy(implies: ScopeImplies | undefined): ReadonlyMap<string, readonly string[]> {
  if (implies === undefined) return new Map()
  if (!isObject(implies)) throw new ConfigError(form)
  const direct = new Map(Object.entries(implies).map(readEntry))
  return new Map([...direct.keys()].map((scope) => [scope, reachable(scope, direct)]))
}

function readEntry([scope, implied]: [string, unknown]): [string, readonly string[]] {
  if (!isScopeToken(scope)) throw new ConfigError(form)
  return [scope, requireList(`scopeImplies["${scope}"]`, implied, isScopeToken, 'takes scope words, in a list.')]
}

function reachable(scope: string, direct: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const found = new Set([scope])
  // The loop over a set also visits what is added on the way.
  for (const each of found) for (const next of direct.get(each) ?? []) found.add(next)
  found.delete(scope)
  return [...found]
}

const form = "scopeImplies takes lists of scope words by scope word, e.g. { 'posts:write': ['posts:read'] }."
