import type { Auth, RequirementOptions, UntypedClaims } from '@latchkey/core'
import {
  type AppAuth,
  type AuthOptions,
  carryRules,
  type Decision,
  type GuardRules,
  isPromise,
  metadataRoute,
  optionalStoredAuth,
  readGuardRules,
  readVerifier,
  requireStoredAuth,
  type SessionGuardOptions,
  type StoredAuth,
} from '@latchkey/core/adapter'
import type { Sessions } from '@latchkey/session'
import type { Context, MiddlewareHandler, Next } from 'hono'
import { addExtras, createDeny, failWith, nextInPrivate, type OnDeny, respond } from './hono-answer.js'
import { HonoRequestView } from './hono-request-view.js'
import { createHonoSession, type HonoSession } from './hono-session.js'

/** What `honoAuth` takes: `verifier` of `createVerifier`, or `sessions` of `createSessions`; `realm` and `onDeny`. */
export type HonoAuthOptions<Claims extends object = UntypedClaims, Name extends string = 'auth'> = AuthOptions<
  Claims,
  Sessions<Claims>,
  OnDeny
> & {
  /** The member of `c.var` that holds the identity. Default `auth`; give a second verifier in one app another name. */
  readonly variable?: Name
}

/**
 * The environment that a guard leaves to what comes after it. A guard in front of a handler brings it along; for one
 * guard over a whole app say it yourself: `new Hono<AuthEnv<Auth<MyClaims>>>()`.
 */
export type AuthEnv<Identity, Name extends string = 'auth'> = { Variables: { [Variable in Name]: Identity } }

/** What `honoAuth` gives. */
export type HonoAuth<
  Claims extends object = UntypedClaims,
  Name extends string = 'auth',
  Options = RequirementOptions<Claims>,
> = AppAuth<
  MiddlewareHandler<AuthEnv<Auth<Claims>, Name>>,
  Options,
  Context,
  Claims,
  MiddlewareHandler<AuthEnv<Auth<Claims> | null, Name>>,
  MiddlewareHandler
>

/** What `honoAuth` gives an app with sessions. */
export interface HonoSessionAuth<Claims extends object = UntypedClaims, Name extends string = 'auth'>
  extends HonoAuth<Claims, Name, SessionGuardOptions<Claims>> {
  /** The verbs: log-in, refresh, log-out. */
  readonly session: HonoSession
}

/**
 * Guards for Hono over a verifier, or over sessions, and then their verbs too; on Web standards alone. `c.var.auth` is what
 * the last guard of that variable found; `getAuth` reads what this verifier's guard found, also where another one uses the
 * same variable.
 *
 * @throws ConfigError for an unknown option, none or both of verifier and sessions, or a realm that cannot be quoted
 */
export function honoAuth<Claims extends object = UntypedClaims, const Name extends string = 'auth'>(
  options: HonoAuthOptions<Claims, Name> & { readonly sessions: Sessions<Claims> },
): HonoSessionAuth<Claims, Name>
export function honoAuth<Claims extends object = UntypedClaims, const Name extends string = 'auth'>(
  options: HonoAuthOptions<Claims, Name> & { readonly sessions?: never },
): HonoAuth<Claims, Name>
export function honoAuth<Claims extends object = UntypedClaims, const Name extends string = 'auth'>(
  options: HonoAuthOptions<Claims, Name>,
): HonoAuth<Claims, Name> | HonoSessionAuth<Claims, Name> {
  const verifier = readVerifier('honoAuth', options, { variable: true })
  const { sessions, variable = 'auth' } = options
  const deny = createDeny(options)
  const slot = Symbol('latchkey.auth')
  type Slotted = Context<{ Variables: { [slot]: StoredAuth<Claims> } & Record<string, StoredAuth<Claims>> }>

  function carryOut(decision: Decision<Claims>, c: Slotted, next: Next): ReturnType<MiddlewareHandler> {
    const { response } = decision
    if ('thrown' in decision) return failWith(c, decision.thrown, decision.response)
    if (!decision.allow) return deny(decision.error, c, response)
    c.set(slot, decision.auth)
    c.set(variable, decision.auth)
    const passed = decision.auth?.source === 'cookie' ? nextInPrivate(c, next) : next()
    // On whatever response there is in the end: a handler's own has none of the context's fields.
    return response === undefined ? passed : passed.then(() => addExtras(c, response))
  }

  function guard(rules: GuardRules<Claims>): MiddlewareHandler {
    return carryRules((c: Context, next: Next) => {
      const decision = rules.authenticate(new HonoRequestView(c), rules.requirement)
      return isPromise(decision) ? decision.then((late) => carryOut(late, c, next)) : carryOut(decision, c, next)
    }, rules)
  }

  const storedAuth = (c: Slotted) => c.get(slot)
  const auth: HonoAuth<Claims, Name, SessionGuardOptions<Claims>> = {
    requireAuth: (asked) => guard(readGuardRules(options, true, asked)),
    optionalAuth: (asked) => guard(readGuardRules(options, false, asked)),
    requireSameOrigin: () =>
      carryRules(async (c: Context, next: Next) => {
        const decision = verifier.checkOrigin(new HonoRequestView(c))
        return decision.allow ? next() : deny(decision.error, c)
      }, verifier),
    resourceMetadata: () => {
      const metadataFor = metadataRoute(verifier.resourceMetadata)
      return async (c, next) => {
        const metadata = metadataFor(new HonoRequestView(c))
        return metadata === undefined ? next() : respond(c, metadata)
      }
    },
    getAuth: (c: Slotted) => requireStoredAuth(storedAuth(c)),
    getOptionalAuth: (c: Slotted) => optionalStoredAuth(storedAuth(c)),
  }
  return sessions === undefined ? auth : { ...auth, session: createHonoSession(sessions, deny, storedAuth) }
}
