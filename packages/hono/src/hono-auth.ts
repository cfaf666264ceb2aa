import {
  type Auth,
  type AuthError,
  ConfigError,
  createRequirement,
  type Decision,
  denialOf,
  fetchRequestView,
  optionalStoredAuth,
  type Requirement,
  type RequirementOptions,
  refuseUnknownOptions,
  requireRealm,
  requireStoredAuth,
  type StoredAuth,
  type UntypedClaims,
  type Verifier,
} from '@latchkey/core'
import type { Context, MiddlewareHandler, Next } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** What a middleware answers with: a response, or nothing where it let the request pass. */
type MiddlewareResult = ReturnType<MiddlewareHandler>

/** What `honoAuth` takes. */
export interface HonoAuthOptions<Claims extends object = UntypedClaims, Name extends string = 'auth'> {
  /** Decides about requests; from `createVerifier`. */
  readonly verifier: Verifier<Claims>
  /** Protection space named in the challenge (RFC 9110 §11.5). Default: none. */
  readonly realm?: string
  /** Answers a refused request in place of the guard. Default: the problem body and challenge of the error's code. */
  readonly onDeny?: (error: AuthError, c: Context) => Response | Promise<Response>
  /** The member of `c.var` that holds the identity. Default `auth`; give a second verifier in one app another name. */
  readonly variable?: Name
}

/**
 * The environment that a guard leaves to what comes after it. A guard in front of a handler brings it along; for one
 * guard over a whole app say it yourself: `new Hono<AuthEnv<Auth<MyClaims>>>()`.
 */
export type AuthEnv<Identity, Name extends string = 'auth'> = { Variables: { [Variable in Name]: Identity } }

/** What `honoAuth` gives. */
export interface HonoAuth<Claims extends object = UntypedClaims, Name extends string = 'auth'> {
  /** Lets only requests pass that carry one good token with the required scopes. Throws ConfigError for bad options. */
  readonly requireAuth: (options?: RequirementOptions) => MiddlewareHandler<AuthEnv<Auth<Claims>, Name>>
  /** Lets also requests pass that carry no token at all. A bad token is refused. Throws ConfigError for bad options. */
  readonly optionalAuth: (options?: RequirementOptions) => MiddlewareHandler<AuthEnv<Auth<Claims> | null, Name>>
  /** Who is calling, where the type of `c` does not say so. Throws ConfigError where no guard ran or no token came. */
  readonly getAuth: (c: Context) => Auth<Claims>
  /** Who is calling, null for nobody. Throws ConfigError where no guard ran. */
  readonly getOptionalAuth: (c: Context) => Auth<Claims> | null
}

/**
 * Guards for Hono over a verifier; on Web standards alone. `c.var.auth` is what the last guard of that variable found;
 * `getAuth` reads what this verifier's guard found, also where another one uses the same variable.
 *
 * @throws ConfigError for an unknown option, a missing verifier or a realm that cannot be quoted
 */
export function honoAuth<Claims extends object = UntypedClaims, const Name extends string = 'auth'>(
  options: HonoAuthOptions<Claims, Name>,
): HonoAuth<Claims, Name> {
  refuseUnknownOptions('honoAuth', options, ['verifier', 'realm', 'onDeny', 'variable'])
  requireRealm(options.realm)
  const { verifier, realm, onDeny, variable = 'auth' } = options
  if (verifier === undefined) throw new ConfigError('honoAuth: verifier is missing. Make one with createVerifier.')

  const slot = Symbol('latchkey.auth')
  type Slotted = Context<{ Variables: { [slot]: StoredAuth<Claims> } & Record<string, StoredAuth<Claims>> }>

  function carryOut(decision: Decision<Claims>, c: Slotted, next: Next): MiddlewareResult {
    if (decision.allow) {
      c.set(slot, decision.auth)
      c.set(variable, decision.auth)
      return decision.auth?.source === 'cookie' ? nextInPrivate(c, next) : next()
    }
    return Promise.resolve(onDeny === undefined ? denialResponse(c, decision.error, realm) : onDeny(decision.error, c))
  }

  function guard(requirement: Requirement): (c: Context, next: Next) => MiddlewareResult {
    return (c, next) => {
      const decision = verifier.authenticate(fetchRequestView(c.req.raw), requirement)
      if (!(decision instanceof Promise)) return carryOut(decision, c, next)
      return decision.then((late) => carryOut(late, c, next))
    }
  }

  return {
    requireAuth: (options) => guard(createRequirement(true, options)),
    optionalAuth: (options) => guard(createRequirement(false, options)),
    getAuth: (c: Slotted) => requireStoredAuth(c.get(slot)),
    getOptionalAuth: (c: Slotted) => optionalStoredAuth(c.get(slot)),
  }
}

/** Keeps what is answered to a cookie-borne identity out of shared caches, unless the handler said how to cache it. */
async function nextInPrivate(c: Context, next: Next): Promise<void> {
  await next()
  if (!c.res.headers.has('cache-control')) c.header('cache-control', 'private')
}

/** Answers with a denial. Through the context, so that header fields set before it (CORS, say) are kept. */
function denialResponse(c: Context, error: AuthError, realm: string | undefined): Response {
  const { status, headers, body } = denialOf(error, realm)
  const bytes = new TextEncoder().encode(body)
  return c.body(bytes, status as ContentfulStatusCode, { ...headers, 'content-length': String(bytes.length) })
}
