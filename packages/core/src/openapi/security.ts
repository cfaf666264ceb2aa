import type { Requirement } from '../requirement/requirement.js'
import type { Accepted } from './accepted.js'

/** The schemes that have to hold together, each with the scopes that it must grant (Security Requirement Object). */
export type SecurityRequirement = { [scheme: string]: string[] }

/** What several guards on one operation ask, of tokens of one verifier. */
export interface Asked {
  readonly accepted: Accepted
  readonly requirements: readonly Requirement[]
}

/**
 * The `security` of an operation: a list of which one has to hold. An empty one in front says that nobody may call too.
 *
 * @param version of OpenAPI: before 3.1 only a scheme of the type `openIdConnect` may name scopes
 */
export function securityOf(asked: readonly Asked[], version: string): SecurityRequirement[] {
  const alternatives = asked.map((each) => alternativesOf(each, version)).reduce(inBoth, [{}])
  return distinct(alternatives)
}

function alternativesOf({ accepted, requirements }: Asked, version: string): SecurityRequirement[] {
  const scopes = requirements.reduce<string[][]>(
    (found, { scope, more }) =>
      found.flatMap((sofar) => (more?.anyScope ?? [undefined]).map((one) => union(sofar, [...scope, ...listed(one)]))),
    [[]],
  )
  const mayNameScopes = !version.startsWith('3.0')
  const withToken = [...accepted.schemes].flatMap(([name, { type }]) =>
    scopes.map((scope) => ({ [name]: mayNameScopes || type === 'openIdConnect' ? scope : [] })),
  )
  return requirements.some(({ required }) => required) ? withToken : [{}, ...withToken]
}

/** Tokens of two verifiers are asked for: what both want, sent together. */
function inBoth(some: SecurityRequirement[], others: SecurityRequirement[]): SecurityRequirement[] {
  return some.flatMap((one) =>
    others.map((other) => {
      const both = { ...one }
      for (const [name, scopes] of Object.entries(other)) both[name] = union(both[name] ?? [], scopes)
      return both
    }),
  )
}

function distinct(alternatives: SecurityRequirement[]): SecurityRequirement[] {
  return [...new Map(alternatives.map((each) => [JSON.stringify(each), each])).values()]
}

function union(some: readonly string[], others: readonly string[]): string[] {
  return [...new Set([...some, ...others])]
}

function listed(one: string | undefined): string[] {
  return one === undefined ? [] : [one]
}
