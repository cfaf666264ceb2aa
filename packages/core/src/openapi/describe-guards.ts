import { ConfigError } from '../config-error.js'
import type { Requirement } from '../requirement/requirement.js'
import { type CarriedRules, rulesOf } from '../requirement/requirement-of.js'
import type { Verifier } from '../verifier.js'
import { acceptedBy, type SecurityScheme } from './accepted.js'
import { codesOf, type RefusalResponse, responsesOf } from './refusals.js'
import { type Asked, type SecurityRequirement, securityOf } from './security.js'

/** What guards add to an operation of an OpenAPI document (Operation Object). */
export type GuardedOperation = {
  /** Absent where no guard asks who is calling. */
  security?: SecurityRequirement[]
  /** The refusals, by status: 400, 401, 403, 503, as far as they can come. */
  responses: { [status: string]: RefusalResponse }
}

/** What a document knows about the operation, and a guard does not. */
export interface OperationContext {
  /** The operation's method, in any letter case. Default: any, so that a refusal for another origin is listed in any case. */
  readonly method?: string
  /** The document's version of OpenAPI. Default `3.1.0`; in 3.0 schemes other than OpenID Connect's name no scopes. */
  readonly version?: string
}

/** Whether that is a guard of an adapter: of `requireAuth`, `optionalAuth` or `requireSameOrigin`. */
export function isGuard(value: unknown): value is object {
  return typeof value === 'function' && rulesOf(value) !== undefined
}

/**
 * What guards say about an operation, for an OpenAPI document: its `security`, and the refusals that they answer with. Spread it
 * into the operation; the `responses` go beside the handler's own. With `onDeny` the app answers, so describe the bodies anew.
 *
 * @param guards all that stand before the operation's handler
 * @throws ConfigError for what is no guard
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
 * The schemes that `describeGuards` names, for `components.securitySchemes`: `bearer`, `dpop`, `openIdConnect` where keys are
 * found through an issuer's metadata, `cookie.NAME` and `header.NAME`; whichever the verifiers accept.
 *
 * @param of verifiers, or guards, which know theirs
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
    'describeGuards: that is no guard. Give it what requireAuth, optionalAuth or requireSameOrigin gave.',
  )
}

/** A verifier looks for one token, however many guards ask about it. */
function byVerifier(rules: readonly CarriedRules[]): Asked[] {
  const found = new Map<CarriedRules['options'], Requirement[]>()
  for (const { options, requirement } of rules) {
    if (requirement !== undefined) found.set(options, [...(found.get(options) ?? []), requirement])
  }
  return [...found].map(([options, requirements]) => ({ accepted: acceptedBy(options()), requirements }))
}

/** What a token has to grant, in words: not every version, and not every scheme, has a place for it. */
function notesOf(requirements: readonly Requirement[]): string[] {
  return requirements.flatMap(({ scope, more }) => [
    ...(scope.length > 0 ? [`Scopes needed: ${scope.join(', ')}.`] : []),
    ...(more?.anyScope === undefined ? [] : [`One of these scopes is needed: ${more.anyScope.join(', ')}.`]),
    ...(more?.role === undefined ? [] : [`One of these roles is needed: ${more.role.join(', ')}.`]),
  ])
}
