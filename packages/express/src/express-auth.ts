import type { RequirementOptions, UntypedClaims } from '@latchkey/core'
import {
  type AppAuth,
  type AuthOptions,
  type CallbackGuard,
  createCallbackAuth,
  createUpgradeGuard,
  type GuardUpgrade,
  readVerifier,
  type SessionGuardOptions,
  type StoredAuth,
} from '@latchkey/core/adapter'
import type { Sessions } from '@latchkey/session'
import { createExpressFramework, type GuardedResponse, type OnDeny } from './express-framework.js'
import type { GuardedRequest } from './express-request-view.js'
import { createExpressSession, type ExpressSession } from './express-session.js'
import { type ExpressUpgradeOptions, expressUpgrade } from './express-upgrade.js'

/** Middleware for a route, a router or the whole app. */
export type ExpressGuard = CallbackGuard<GuardedRequest, GuardedResponse>

/** Options of `expressAuth`: either `verifier` from `createVerifier` or `sessions` from `createSessions`, `realm`, `onDeny`. */
export type ExpressAuthOptions<Claims extends object = UntypedClaims> = AuthOptions<Claims, Sessions<Claims>, OnDeny>

/** What `expressAuth` returns. */
export interface ExpressAuth<Claims extends object = UntypedClaims, Options = RequirementOptions<Claims>>
  extends AppAuth<ExpressGuard, Options, GuardedRequest, Claims> {
  /** Guards WebSockets, in a listener of Node's `upgrade` event. See `GuardUpgrade`. */
  readonly upgrade: GuardUpgrade<GuardedRequest, Claims, ExpressUpgradeOptions>
}

/** What `expressAuth` returns with `sessions`. */
export interface ExpressSessionAuth<Claims extends object = UntypedClaims>
  extends ExpressAuth<Claims, SessionGuardOptions<Claims>> {
  /** The session verbs: log-in, refresh, log-out and more. */
  readonly session: ExpressSession
}

/**
 * Makes the guards of an Express app, and with `sessions` also the session verbs. Each call stores identities in a place of its
 * own, so that one app can have several verifiers.
 *
 * @throws ConfigError for an unknown option, none or both of verifier and sessions, or a realm that cannot be quoted
 */
export function expressAuth<Claims extends object = UntypedClaims>(
  options: ExpressAuthOptions<Claims> & { readonly sessions: Sessions<Claims> },
): ExpressSessionAuth<Claims>
export function expressAuth<Claims extends object = UntypedClaims>(
  options: ExpressAuthOptions<Claims> & { readonly sessions?: never },
): ExpressAuth<Claims>
export function expressAuth<Claims extends object = UntypedClaims>(
  options: ExpressAuthOptions<Claims>,
): ExpressAuth<Claims> | ExpressSessionAuth<Claims> {
  const { authenticate } = readVerifier('expressAuth', options)
  const { sessions } = options
  // Not on the request: each request of Express has a shape of its own, so another property takes 5 % of its time.
  const stored = new WeakMap<GuardedRequest, StoredAuth<Claims>>()
  const storedAuth = (req: GuardedRequest) => stored.get(req)

  const keep = (req: GuardedRequest, identity: StoredAuth<Claims>) => void stored.set(req, identity)
  const framework = { ...createExpressFramework(options), keep }
  const guards = createCallbackAuth<GuardedRequest, GuardedResponse, Claims>(options, framework, storedAuth)
  const upgrade = createUpgradeGuard({ authenticate, ...expressUpgrade, keep, realm: options.realm })
  const auth = { ...guards, upgrade }
  return sessions === undefined ? auth : { ...auth, session: createExpressSession(sessions, framework, storedAuth) }
}
