import type { Requirement } from '../requirement/requirement.js'
import type { Accepted } from './accepted.js'

/** The schemes that a request must satisfy together, each with the scopes that it must grant (Security Requirement Object). */
export type SecurityRequirement = { [scheme: string]: string[] }

/** What several guards of one verifier on one operation require. */
export interface Asked {
  readonly accepted: Accepted
  readonly requirements: readonly Requirement[]
}

/**
 * Gives the `security` of an operation: a list of alternatives. An empty one in front says that requests without a token may
 * pass too.
 *
 * @param version that of OpenAPI; before 3.1 only a scheme of the type `openIdConnect` may name scopes
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

/** Combines the alternatives of two verifiers: a request must send what both want. */
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
