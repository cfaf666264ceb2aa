import type { Auth, RequirementOptions, UntypedClaims } from '@latchkey/core'
import {
  type AppAuth,
  type AuthOptions,
  createAppAuth,
  isPromise,
  leavesResponse,
  type MakeGuard,
  type Outcome,
  readVerifier,
  type SessionGuardOptions,
  type StoredAuth,
} from '@latchkey/core/adapter'
import type { Sessions } from '@latchkey/session'
import type { Context, MiddlewareHandler, Next } from 'hono'
import { createDeny, failWith, nextAndSettle, type OnDeny, respond } from './hono-answer.js'
import { HonoRequestView } from './hono-request-view.js'
import { createHonoSession, type HonoSession } from './hono-session.js'
import { overUpgrade } from './hono-upgrade.js'

/** Options of `honoAuth`: either `verifier` from `createVerifier` or `sessions` from `createSessions`, `realm`, `onDeny`. */
export type HonoAuthOptions<Claims extends object = UntypedClaims, Name extends string = 'auth'> = AuthOptions<
  Claims,
  Sessions<Claims>,
  OnDeny
> & {
  /** The member of `c.var` that holds the identity. A second verifier in the same app needs another name. Default `auth`. */
  readonly variable?: Name
}

/**
 * The type of the context behind a guard. A handler infers it from the guard in front of it. If one guard covers a whole app,
 * write it yourself: `new Hono<AuthEnv<Auth<MyClaims>>>()`.
 */
export type AuthEnv<Identity, Name extends string = 'auth'> = { Variables: { [Variable in Name]: Identity } }

/** What `honoAuth` returns. */
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

/** What `honoAuth` returns with `sessions`. */
export interface HonoSessionAuth<Claims extends object = UntypedClaims, Name extends string = 'auth'>
  extends HonoAuth<Claims, Name, SessionGuardOptions<Claims>> {
  /** The session verbs: log-in, refresh, log-out and more. */
  readonly session: HonoSession
}

/**
 * Makes the guards of a Hono app, and with `sessions` also the session verbs. They use Web standards only. `c.var.auth` is what
 * the last guard with that variable has found. `getAuth` gives what a guard of this verifier has found, even if another
 * verifier uses the same variable.
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
  readVerifier('honoAuth', options, { variable: true })
  const { sessions, variable = 'auth' } = options
  const deny = createDeny(options)
  const slot = Symbol('latchkey.auth')
  type Slotted = Context<{ Variables: Record<string, StoredAuth<Claims>> }> & { [slot]?: StoredAuth<Claims> }
  type Handled = ReturnType<MiddlewareHandler>
  const storedAuth = (c: Slotted) => c[slot]

  function carryOut(decision: Outcome<Claims>, stores: boolean, c: Slotted, next: Next): Handled {
    if (!decision.allow) {
      if ('answer' in decision) return overUpgrade(c, respond(c, decision.answer))
      if ('thrown' in decision) return failWith(c, decision.thrown, decision.response)
      return deny(decision.error, c, decision.response)
    }
    if (stores) {
      c[slot] = decision.auth
      c.set(variable, decision.auth)
    }
    return leavesResponse(decision) ? next() : nextAndSettle(c, next, decision)
  }

  const guard: MakeGuard<MiddlewareHandler, Claims> = (decide, stores) => (c, next) => {
    const decision = decide(new HonoRequestView(c))
    if (isPromise(decision)) return decision.then((late) => carryOut(late, stores, c, next))
    return carryOut(decision, stores, c, next)
  }
  const auth = createAppAuth(options, guard, storedAuth)
  return sessions === undefined ? auth : { ...auth, session: createHonoSession(sessions, deny, storedAuth) }
}
