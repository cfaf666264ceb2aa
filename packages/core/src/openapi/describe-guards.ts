import { ConfigError } from '../config-error.js'
import type { Requirement } from '../requirement/requirement.js'
import { type CarriedRules, rulesOf } from '../requirement/requirement-of.js'
import type { Verifier } from '../verifier.js'
import { acceptedBy, type SecurityScheme } from './accepted.js'
import { codesOf, type RefusalResponse, responsesOf } from './refusals.js'
import { type Asked, type SecurityRequirement, securityOf } from './security.js'

/** What guards add to an operation of an OpenAPI document (Operation Object). */
export type GuardedOperation = {
  /** What a request must carry; absent if no guard asks who is calling. */
  security?: SecurityRequirement[]
  /** The refusals by status: those of 400, 401, 403 and 503 that are possible. */
  responses: { [status: string]: RefusalResponse }
}

/** What the document knows about an operation, and a guard does not. */
export interface OperationContext {
  /** The operation's method, in any letter case. Default: any method, so that the refusal of another origin is always listed. */
  readonly method?: string
  /** The document's version of OpenAPI. In 3.0, only schemes of OpenID Connect name scopes. Default `3.1.0`. */
  readonly version?: string
}

/** Whether a value is a guard that `requireAuth`, `optionalAuth` or `requireSameOrigin` of an adapter has made. */
export function isGuard(value: unknown): value is object {
  return typeof value === 'function' && rulesOf(value) !== undefined
}

/**
 * Describes guards for an operation of an OpenAPI document: its `security`, and the refusals. Spread the result into the
 * operation and add the handler's own `responses`. With `onDeny` the app answers itself, so describe those bodies yourself.
 *
 * @param guards all guards that stand before the operation's handler
 * @param context the operation's method and the document's version; default: any method, `3.1.0`
 * @throws ConfigError for a value that is not a guard
 */
export function describeGuards(guards: object | readonly object[], context: OperationContext = {}): GuardedOperation {
  const rules = (Array.isArray(guards) ? guards : [guards]).map(readRules)
  const { method, version = '3.1.0' } = context
  const requirements = rules.flatMap(({ requirement }) => requirement ?? [])
  const codes = rules.flatMap(({ options, requirement, refreshes = false }) =>
    codesOf(acceptedBy(options()), requirement, refreshes, method),
  )
  const responses = responsesOf(codes, notesOf(requirements))
  return requirements.length === 0 ? { responses } : { security: securityOf(byVerifier(rules), version), responses }
}

/**
 * Gives the schemes that `describeGuards` names, for `components.securitySchemes`. They are those of `bearer`, `dpop`,
 * `openIdConnect` (for an issuer whose keys are found through its metadata), `cookie.NAME` and `header.NAME` that the verifiers
 * accept.
 *
 * @param of verifiers, or guards, which know their verifier
 * @throws ConfigError for anything else
 */
export function securitySchemesOf(...of: readonly (Pick<Verifier, 'options'> | object)[]): {
  [name: string]: SecurityScheme
} {
  return Object.fromEntries(of.flatMap((each) => [...acceptedBy(optionsOf(each)).schemes]))
}

function optionsOf(of: Partial<Pick<Verifier, 'options'>>): ReturnType<Verifier['options']> {
  const options = rulesOf(of)?.options ?? of.options
  if (typeof options === 'function') return options()
  throw new ConfigError(
    'securitySchemesOf takes verifiers, as createVerifier or sessions.verifier gives them, and guards.',
  )
}

function readRules(guard: object): CarriedRules {
  const rules = rulesOf(guard)
  if (rules !== undefined) return rules
  throw new ConfigError(
    'describeGuards: this is not a guard. Give guards that requireAuth, optionalAuth or requireSameOrigin made.',
  )
}

/** Groups the guards by verifier: a verifier looks for one token, however many guards ask it. */
function byVerifier(rules: readonly CarriedRules[]): Asked[] {
  const found = new Map<CarriedRules['options'], Requirement[]>()
  for (const { options, requirement } of rules) {
    if (requirement !== undefined) found.set(options, [...(found.get(options) ?? []), requirement])
  }
  return [...found].map(([options, requirements]) => ({ accepted: acceptedBy(options()), requirements }))
}

/** Describes in words what a token must grant, because not every version and not every scheme has a place for it. */
function notesOf(requirements: readonly Requirement[]): string[] {
  return requirements.flatMap(({ scope, more }) => [
    ...(scope.length > 0 ? [`Scopes needed: ${scope.join(', ')}.`] : []),
    ...(more?.anyScope === undefined ? [] : [`One of these scopes is needed: ${more.anyScope.join(', ')}.`]),
    ...(more?.role === undefined ? [] : [`One of these roles is needed: ${more.role.join(', ')}.`]),
  ])
}
