import { type Auth, ConfigError, type RequirementOptions, type UntypedClaims, type Verifier } from '@latchkey/core'
import {
  createRequirement,
  type Decision,
  failureOf,
  type MaybePromise,
  optionalStoredAuth,
  type RequestView,
  type Requirement,
  refuseUnknownOptions,
  requireRealm,
  requireStoredAuth,
  type StoredAuth,
} from '@latchkey/core/adapter'
import type { Sessions } from '@latchkey/session'
import type { FastifyPluginCallback } from 'fastify'
import fp from 'fastify-plugin'
import { appendCookies, createDeny, type GuardedReply, type OnDeny } from './fastify-answer.js'
import { FastifyRequestView, type GuardedRequest } from './fastify-request-view.js'
import { answerUnparsedBodies, createFastifySession, type FastifySession } from './fastify-session.js'

/** A hook for `onRequest`, or any later one before the handler: per route, per plugin or for the whole app. */
export type FastifyGuard = (request: GuardedRequest, reply: GuardedReply, done: (error?: Error) => void) => void

/** What `fastifyAuth` takes. */
export interface FastifyAuthOptions<Claims extends object = UntypedClaims> {
  /** Decides about requests; from `createVerifier`, or the `verifier` of the sessions. */
  readonly verifier: Verifier<Claims>
  /** From `createSessions`: adds `session`, the verbs, to what `fastifyAuth` gives. Default: none. */
  readonly sessions?: Sessions<Claims>
  /** Protection space named in the challenge (RFC 9110 §11.5). Default: none. */
  readonly realm?: string
  /**
   * Answers a refused request in place of the guard or verb: it must send a reply, now or later. What it throws goes to the
   * app's error handler. Default: the problem body and challenge of the error's code.
   */
  readonly onDeny?: OnDeny
}

/** What `fastifyAuth` gives. */
export interface FastifyAuth<Claims extends object = UntypedClaims> {
  /** Register it where the guards are used, or above: it makes room for the identity on every request. */
  readonly plugin: FastifyPluginCallback
  /** Lets only requests pass that carry one good token with the required scopes. Throws ConfigError for bad options. */
  readonly requireAuth: (options?: RequirementOptions) => FastifyGuard
  /** Lets also requests pass that carry no token at all. A bad token is refused. Throws ConfigError for bad options. */
  readonly optionalAuth: (options?: RequirementOptions) => FastifyGuard
  /** Who is calling. Throws ConfigError where no guard ran, or an optional one found no token. */
  readonly getAuth: (request: GuardedRequest) => Auth<Claims>
  /** Who is calling, null for nobody. Throws ConfigError where no guard ran. */
  readonly getOptionalAuth: (request: GuardedRequest) => Auth<Claims> | null
}

/** What a guard can be asked in an app with sessions. */
export interface SessionGuardOptions extends RequirementOptions {
  /**
   * For pages without script: where the access cookie is gone or expired and a refresh cookie came along, refreshes the
   * session in passing and sets the new cookies on the response. Default false: the client calls `refresh` itself.
   */
  readonly refresh?: boolean
}

/** What `fastifyAuth` gives an app with sessions. */
export interface FastifySessionAuth<Claims extends object = UntypedClaims> extends FastifyAuth<Claims> {
  readonly requireAuth: (options?: SessionGuardOptions) => FastifyGuard
  readonly optionalAuth: (options?: SessionGuardOptions) => FastifyGuard
  /** The verbs: log-in, refresh, log-out. */
  readonly session: FastifySession
}

/** Decides about one request, and may prepare its reply. */
type Decide<Claims> = (
  view: RequestView,
  requirement: Requirement,
  reply: GuardedReply,
) => MaybePromise<Decision<Claims>>

/**
 * Guards for Fastify over a verifier, and session verbs over `sessions` where they are given. Each call has its own place on
 * the request, so that several verifiers can live in one app.
 *
 * @throws ConfigError for an unknown option, a missing verifier, one that is not the sessions' own, or a realm that cannot
 * be quoted
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
  refuseUnknownOptions('fastifyAuth', options, ['verifier', 'sessions', 'realm', 'onDeny'])
  requireRealm(options.realm)
  const { verifier, sessions } = options
  if (verifier === undefined) throw new ConfigError('fastifyAuth: verifier is missing. Make one with createVerifier.')
  if (sessions !== undefined && verifier !== sessions.verifier) throw new ConfigError(otherVerifier)

  const deny = createDeny(options.realm, options.onDeny)
  const slot = Symbol('latchkey.auth')
  type Slotted = { [slot]?: StoredAuth<Claims> }

  function carryOut(
    decision: Decision<Claims>,
    request: GuardedRequest,
    reply: GuardedReply,
    done: (error?: Error) => void,
  ): void {
    if (decision.allow) {
      ;(request as Slotted)[slot] = decision.auth
      if (decision.auth?.source === 'cookie') keepPrivate(reply)
      done()
    } else {
      // In a promise's executor, so that throwing and rejecting end the same way.
      new Promise((resolve) => resolve(deny(decision.error, request, reply))).catch((thrown) => done(failureOf(thrown)))
    }
  }

  function guard(requirement: Requirement, decide: Decide<Claims>): FastifyGuard {
    return (request, reply, done) => {
      if (!(slot in request)) return done(new ConfigError(pluginMissing))
      let decision: MaybePromise<Decision<Claims>>
      try {
        decision = decide(new FastifyRequestView(request), requirement, reply)
      } catch (thrown) {
        return done(failureOf(thrown))
      }
      if (!(decision instanceof Promise)) return carryOut(decision, request, reply, done)
      decision.then((late) => carryOut(late, request, reply, done)).catch((thrown) => done(failureOf(thrown)))
    }
  }

  /** Without sessions `refresh` is an option like any other that a guard does not know. */
  function guardOf(required: boolean, options: SessionGuardOptions = {}): FastifyGuard {
    if (sessions === undefined) return guard(createRequirement(required, options), verifier.authenticate)
    const { refresh = false, ...asked } = options
    return guard(createRequirement(required, asked), refresh ? refreshingInPassing(sessions) : verifier.authenticate)
  }

  const storedAuth = (request: GuardedRequest) => (request as Slotted)[slot]
  const getAuth = (request: GuardedRequest) => requireStoredAuth(storedAuth(request))
  const session = sessions === undefined ? undefined : createFastifySession(sessions, deny, storedAuth)
  return {
    plugin: fp(
      (app, _options, done) => {
        app.decorateRequest(slot, undefined)
        if (session !== undefined) app.addHook('onRoute', answerUnparsedBodies)
        done()
      },
      { fastify: '5.x', name: '@latchkey/fastify' },
    ),
    requireAuth: (options?: SessionGuardOptions) => guardOf(true, options),
    optionalAuth: (options?: SessionGuardOptions) => guardOf(false, options),
    getAuth,
    getOptionalAuth: (request: GuardedRequest) => optionalStoredAuth(storedAuth(request)),
    ...(session === undefined ? {} : { session }),
  }
}

const pluginMissing =
  'The plugin of fastifyAuth is not registered here. Register it before the guarded routes, in the same plugin or above: await app.register(plugin).'

const otherVerifier =
  'fastifyAuth: the verifier is not that of the sessions. Write `fastifyAuth({ verifier: sessions.verifier, sessions })`.'

/** Set before the handler runs, so that what the handler says about caching takes its place. */
function keepPrivate(reply: GuardedReply): void {
  if (reply.getHeader('cache-control') !== 'no-store') reply.header('cache-control', 'private')
}

function refreshingInPassing<Claims extends object>({ authenticateOrRefresh }: Sessions<Claims>): Decide<Claims> {
  return (view, requirement, reply) => {
    const refreshed = authenticateOrRefresh(view, requirement)
    // Without a promise nothing was refreshed.
    if (!(refreshed instanceof Promise)) return refreshed.decision
    return refreshed.then(({ decision, setCookie, headers }) => {
      reply.headers(headers)
      appendCookies(reply, setCookie)
      return decision
    })
  }
}
