import {
  type Auth,
  type AuthError,
  ConfigError,
  createRequirement,
  type Decision,
  denialOf,
  failureOf,
  type MaybePromise,
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
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { FastifyRequestView, type GuardedRequest } from './fastify-request-view.js'

export type { GuardedRequest } from './fastify-request-view.js'

/** As much of a Fastify reply as a guard needs; every `FastifyReply` has it. */
export interface GuardedReply {
  code(status: number): unknown
  headers(fields: Readonly<Record<string, string>>): unknown
  header(name: string, value: string): unknown
  send(payload: Uint8Array): unknown
}

/** A hook for `onRequest`, or any later one before the handler: per route, per plugin or for the whole app. */
export type FastifyGuard = (request: GuardedRequest, reply: GuardedReply, done: (error?: Error) => void) => void

/** What `fastifyAuth` takes. */
export interface FastifyAuthOptions<Claims extends object = UntypedClaims> {
  /** Decides about requests; from `createVerifier`. */
  readonly verifier: Verifier<Claims>
  /** Protection space named in the challenge (RFC 9110 §11.5). Default: none. */
  readonly realm?: string
  /**
   * Answers a refused request in place of the guard: it must send a reply, now or later. What it throws goes to the app's
   * error handler. Default: the problem body and challenge of the error's code.
   */
  readonly onDeny?: (error: AuthError, request: FastifyRequest, reply: FastifyReply) => unknown
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

/**
 * Guards for Fastify over a verifier. Each call has its own place on the request, so that several verifiers can live in
 * one app.
 *
 * @throws ConfigError for an unknown option, a missing verifier or a realm that cannot be quoted
 */
export function fastifyAuth<Claims extends object = UntypedClaims>(
  options: FastifyAuthOptions<Claims>,
): FastifyAuth<Claims> {
  refuseUnknownOptions('fastifyAuth', options, ['verifier', 'realm', 'onDeny'])
  requireRealm(options.realm)
  const { verifier, realm, onDeny } = options
  if (verifier === undefined) throw new ConfigError('fastifyAuth: verifier is missing. Make one with createVerifier.')

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
      // Set before the handler runs, so that what the handler says about caching takes its place.
      if (decision.auth?.source === 'cookie') reply.header('cache-control', 'private')
      done()
    } else if (onDeny === undefined) {
      deny(reply, decision.error, realm)
    } else {
      const { error } = decision
      // In a promise's executor, so that throwing and rejecting end the same way.
      new Promise((resolve) => resolve(onDeny(error, request as FastifyRequest, reply as FastifyReply))).catch(
        (thrown) => done(failureOf(thrown)),
      )
    }
  }

  function guard(requirement: Requirement): FastifyGuard {
    return (request, reply, done) => {
      if (!(slot in request)) return done(new ConfigError(pluginMissing))
      let decision: MaybePromise<Decision<Claims>>
      try {
        decision = verifier.authenticate(new FastifyRequestView(request), requirement)
      } catch (thrown) {
        return done(failureOf(thrown))
      }
      if (!(decision instanceof Promise)) return carryOut(decision, request, reply, done)
      decision.then((late) => carryOut(late, request, reply, done)).catch((thrown) => done(failureOf(thrown)))
    }
  }

  return {
    plugin: fp(
      (app, _options, done) => {
        app.decorateRequest(slot, undefined)
        done()
      },
      { fastify: '5.x', name: '@latchkey/fastify' },
    ),
    requireAuth: (options) => guard(createRequirement(true, options)),
    optionalAuth: (options) => guard(createRequirement(false, options)),
    getAuth: (request) => requireStoredAuth((request as Slotted)[slot]),
    getOptionalAuth: (request) => optionalStoredAuth((request as Slotted)[slot]),
  }
}

const pluginMissing =
  'The plugin of fastifyAuth is not registered here. Register it before the guarded routes, in the same plugin or above: await app.register(plugin).'

/** Answers with a denial. As bytes, because Fastify adds a charset to a JSON type that is sent as text. */
function deny(reply: GuardedReply, error: AuthError, realm: string | undefined): void {
  const { status, headers, body } = denialOf(error, realm)
  const bytes = new TextEncoder().encode(body)
  reply.code(status)
  reply.headers({ ...headers, 'content-length': String(bytes.length) })
  reply.send(bytes)
}
