import type { Auth, RequirementOptions, UntypedClaims } from '@latchkey/core'
import {
  type AuthOptions,
  cacheFields,
  carryRules,
  type Decision,
  type GuardRules,
  isPromise,
  isUncached,
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
import { addExtras, createDeny, type OnDeny, respond } from './hono-answer.js'
import { honoRequestView } from './hono-request-view.js'
import { createHonoSession, type HonoSession } from './hono-session.js'
import { overUpgrade } from './hono-upgrade.js'

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
export interface HonoAuth<
  Claims extends object = UntypedClaims,
  Name extends string = 'auth',
  Options = RequirementOptions<Claims>,
> {
  /** Lets only requests pass that carry one good token and fulfil the requirement. Throws ConfigError for bad options. */
  readonly requireAuth: (options?: Options) => MiddlewareHandler<AuthEnv<Auth<Claims>, Name>>
  /** Lets a request without a token pass as nobody's. A bad token is refused. Throws ConfigError for bad options. */
  readonly optionalAuth: (options?: Options) => MiddlewareHandler<AuthEnv<Auth<Claims> | null, Name>>
  /**
   * The cross-origin check alone, for routes that know their caller by other means, e.g. by a cookie of the app's own: refuses
   * what a page of another origin sends, but for GET, HEAD and OPTIONS.
   */
  readonly requireSameOrigin: () => MiddlewareHandler
  /**
   * Answers who asks for the API's metadata (RFC 9728), at the path that every challenge names, and lets all else pass: `app.use(resourceMetadata())`.
   * Throws ConfigError where the verifier has no `resource`.
   */
  readonly resourceMetadata: () => MiddlewareHandler
  /** Who is calling, where the type of `c` does not say so. Throws ConfigError where no guard ran or no token came. */
  readonly getAuth: (c: Context) => Auth<Claims>
  /** Who is calling, null for nobody. Throws ConfigError where no guard ran. */
  readonly getOptionalAuth: (c: Context) => Auth<Claims> | null
}

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
    if (decision.response !== undefined) return carryOutWith(decision, c, next)
    if (!decision.allow) return overUpgrade(c, deny(decision.error, c))
    c.set(slot, decision.auth)
    c.set(variable, decision.auth)
    return decision.auth?.source === 'cookie' ? nextInPrivate(c, next) : next()
  }

  /** What goes on the response goes on whatever response there is in the end: a handler's own has none of the context's fields. */
  async function carryOutWith({ response = {}, ...decision }: Decision<Claims>, c: Slotted, next: Next): Promise<void> {
    if (decision.allow) await carryOut(decision, c, next)
    else c.res = await deny(decision.error, c)
    addExtras(c, response)
    if (!decision.allow) await overUpgrade(c, c.res)
  }

  function guard(rules: GuardRules<Claims>): MiddlewareHandler {
    const { authenticate, requirement } = rules
    const handler: MiddlewareHandler = (c, next) => {
      const decision = authenticate(honoRequestView(c), requirement)
      return isPromise(decision) ? decision.then((late) => carryOut(late, c, next)) : carryOut(decision, c, next)
    }
    return carryRules(handler, rules)
  }

  const storedAuth = (c: Slotted) => c.get(slot)
  const auth: HonoAuth<Claims, Name, SessionGuardOptions<Claims>> = {
    requireAuth: (asked) => guard(readGuardRules(options, true, asked)),
    optionalAuth: (asked) => guard(readGuardRules(options, false, asked)),
    requireSameOrigin: () => {
      const handler: MiddlewareHandler = async (c, next) => {
        const decision = verifier.checkOrigin(honoRequestView(c))
        return decision.allow ? next() : overUpgrade(c, deny(decision.error, c))
      }
      return carryRules(handler, { options: verifier.options })
    },
    resourceMetadata: () => {
      const metadataFor = metadataRoute(verifier.resourceMetadata)
      return async (c, next) => {
        const metadata = metadataFor(honoRequestView(c))
        return metadata === undefined ? next() : respond(c, metadata)
      }
    },
    getAuth: (c: Slotted) => requireStoredAuth(storedAuth(c)),
    getOptionalAuth: (c: Slotted) => optionalStoredAuth(storedAuth(c)),
  }
  return sessions === undefined ? auth : { ...auth, session: createHonoSession(sessions, deny, storedAuth) }
}

/**
 * Keeps what is answered to a cookie-borne identity out of shared caches. Said before the handler, so that it takes the place
 * of an app-wide default and the handler's word takes its place; and after it, for a response of the handler's own making.
 */
async function nextInPrivate(c: Context, next: Next): Promise<void> {
  // The context tells its fields only by a response.
  if (!isUncached(c.newResponse(null).headers.get('cache-control'))) c.header('cache-control', 'private')
  for (const name of cacheFields) c.header(name, undefined)
  await next()
  if (!c.res.headers.has('cache-control')) c.header('cache-control', 'private')
}
