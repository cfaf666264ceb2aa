import type { IncomingMessage } from 'node:http'
import fastifyCookie from '@fastify/cookie'
import { ConfigError, type RequirementOptions, type UntypedClaims } from '@latchkey/core'
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
import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import { createFastifyFramework, type GuardedReply, type OnDeny, pluginMissing } from './fastify-framework.js'
import type { GuardedRequest } from './fastify-request-view.js'
import { createFastifySession, type FastifySession } from './fastify-session.js'

/** A hook for `onRequest`, or for any later stage before the handler. It can be a hook of a route, a plugin or the whole app. */
export type FastifyGuard = CallbackGuard<GuardedRequest, GuardedReply>

/** Options of `fastifyAuth`: either `verifier` from `createVerifier` or `sessions` from `createSessions`, `realm`, `onDeny`. */
export type FastifyAuthOptions<Claims extends object = UntypedClaims> = AuthOptions<Claims, Sessions<Claims>, OnDeny>

/** What `fastifyAuth` returns. */
export interface FastifyAuth<Claims extends object = UntypedClaims, Options = RequirementOptions<Claims>>
  extends AppAuth<FastifyGuard, Options, GuardedRequest | IncomingMessage, Claims> {
  /**
   * Register this plugin where the guards are used, or above: it adds the property that holds the identity to every request. With
   * sessions it also registers `@fastify/cookie`, unless the app already has.
   */
  readonly plugin: FastifyPluginAsync
  /**
   * Guards WebSockets without a route, in a listener of Node's `upgrade` event. See `GuardUpgrade`. It ignores forwarded
   * headers. With `@fastify/websocket`, put `requireAuth()` on the route instead.
   */
  readonly upgrade: GuardUpgrade<IncomingMessage, Claims>
}

/** What `fastifyAuth` returns with `sessions`. */
export interface FastifySessionAuth<Claims extends object = UntypedClaims>
  extends FastifyAuth<Claims, SessionGuardOptions<Claims>> {
  /** The session verbs: log-in, refresh, log-out and more. */
  readonly session: FastifySession
}

/**
 * Makes the guards of a Fastify app, and with `sessions` also the session verbs. Each call stores identities in a property of its
 * own on the request, so that one app can have several verifiers.
 *
 * @throws ConfigError for an unknown option, none or both of verifier and sessions, or a realm that cannot be quoted
 */
export function fastifyAuth<Claims extends object = UntypedClaims>(
  options: FastifyAuthOptions<Claims> & { readonly sessions: Sessions<Claims> },
): FastifySessionAuth<Claims>
export function fastifyAuth<Claims extends object = UntypedClaims>(
  options: FastifyAuthOptions<Claims> & { readonly sessions?: never },
): FastifyAuth<Claims>
export function fastifyAuth<Claims extends object = UntypedClaims>(
  options: FastifyAuthOptions<Claims>,
): FastifyAuth<Claims> | FastifySessionAuth<Claims> {
  const { authenticate } = readVerifier('fastifyAuth', options)
  const { sessions } = options
  const slot = Symbol('latchkey.auth')
  type Slotted = { [slot]?: StoredAuth<Claims> }
  const storedAuth = (request: GuardedRequest | IncomingMessage) => (request as Slotted)[slot]

  const framework = createFastifyFramework(options)
  const keep = (request: GuardedRequest | IncomingMessage, identity: StoredAuth<Claims>) => {
    // An upgrade that Fastify did not see has no property yet. It needs no plugin.
    if (!(slot in request) && 'raw' in request) throw new ConfigError(pluginMissing)
    ;(request as Slotted)[slot] = identity
  }
  const guards = createCallbackAuth<GuardedRequest, GuardedReply, Claims, GuardedRequest | IncomingMessage>(
    options,
    { ...framework, keep },
    storedAuth,
  )
  const upgrade = createUpgradeGuard<IncomingMessage, Claims>({ authenticate, keep, realm: options.realm })
  const plugin: FastifyPluginAsync = fp(
    async (app) => {
      // Registered before, e.g. in a parent context.
      if (app.hasRequestDecorator(slot)) return
      app.decorateRequest(slot, undefined)
      // Without its parser of request cookies, because tokens are read from the raw field.
      if (sessions !== undefined && !app.hasPlugin('@fastify/cookie'))
        await app.register(fastifyCookie, { hook: false })
    },
    { fastify: '>=5.8.4 <6', name: '@latchkey/fastify' },
  )
  const auth = { ...guards, plugin, upgrade }
  if (sessions === undefined) return auth
  return { ...auth, session: createFastifySession(sessions, framework, storedAuth, plugin) }
}
