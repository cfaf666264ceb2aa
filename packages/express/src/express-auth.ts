import type { ServerResponse } from 'node:http'
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
import type { Request, Response } from 'express'
import { ExpressRequestView, type GuardedRequest } from './express-request-view.js'

export type { GuardedRequest } from './express-request-view.js'

/** Middleware for a route, a router or the whole app. */
export type ExpressGuard = (req: GuardedRequest, res: ServerResponse, next: (error?: unknown) => void) => void

/** What `expressAuth` takes. */
export interface ExpressAuthOptions<Claims extends object = UntypedClaims> {
  /** Decides about requests; from `createVerifier`. */
  readonly verifier: Verifier<Claims>
  /** Protection space named in the challenge (RFC 9110 §11.5). Default: none. */
  readonly realm?: string
  /**
   * Answers a refused request in place of the guard: it must end the response, now or later. What it throws goes to the
   * app's error handler. Default: the problem body and challenge of the error's code.
   */
  readonly onDeny?: (error: AuthError, req: Request, res: Response) => unknown
}

/** What `expressAuth` gives. */
export interface ExpressAuth<Claims extends object = UntypedClaims> {
  /** Lets only requests pass that carry one good token with the required scopes. Throws ConfigError for bad options. */
  readonly requireAuth: (options?: RequirementOptions) => ExpressGuard
  /** Lets also requests pass that carry no token at all. A bad token is refused. Throws ConfigError for bad options. */
  readonly optionalAuth: (options?: RequirementOptions) => ExpressGuard
  /** Who is calling. Throws ConfigError where no guard ran, or an optional one found no token. */
  readonly getAuth: (req: GuardedRequest) => Auth<Claims>
  /** Who is calling, null for nobody. Throws ConfigError where no guard ran. */
  readonly getOptionalAuth: (req: GuardedRequest) => Auth<Claims> | null
}

/**
 * Guards for Express over a verifier. Each call has its own place on the request, so that several verifiers can live in
 * one app.
 *
 * @throws ConfigError for an unknown option, a missing verifier or a realm that cannot be quoted
 */
export function expressAuth<Claims extends object = UntypedClaims>(
  options: ExpressAuthOptions<Claims>,
): ExpressAuth<Claims> {
  refuseUnknownOptions('expressAuth', options, ['verifier', 'realm', 'onDeny'])
  requireRealm(options.realm)
  const { verifier, realm, onDeny } = options
  if (verifier === undefined) throw new ConfigError('expressAuth: verifier is missing. Make one with createVerifier.')

  const slot = Symbol('latchkey.auth')
  type Slotted = { [slot]?: StoredAuth<Claims> }

  function carryOut(
    decision: Decision<Claims>,
    req: GuardedRequest,
    res: ServerResponse,
    next: (error?: unknown) => void,
  ): void {
    if (decision.allow) {
      ;(req as Slotted)[slot] = decision.auth
      // Set before the handler runs, so that what the handler says about caching takes its place.
      if (decision.auth?.source === 'cookie') res.setHeader('cache-control', 'private')
      next()
    } else if (onDeny === undefined) {
      deny(res, decision.error, realm)
    } else {
      const { error } = decision
      // In a promise's executor, so that throwing and rejecting end the same way.
      new Promise((resolve) => resolve(onDeny(error, req as Request, res as Response))).catch((thrown) =>
        next(failureOf(thrown)),
      )
    }
  }

  function guard(requirement: Requirement): ExpressGuard {
    return (req, res, next) => {
      let decision: MaybePromise<Decision<Claims>>
      try {
        decision = verifier.authenticate(new ExpressRequestView(req), requirement)
      } catch (thrown) {
        return next(failureOf(thrown))
      }
      if (!(decision instanceof Promise)) return carryOut(decision, req, res, next)
      decision.then((late) => carryOut(late, req, res, next)).catch((thrown) => next(failureOf(thrown)))
    }
  }

  return {
    requireAuth: (options) => guard(createRequirement(true, options)),
    optionalAuth: (options) => guard(createRequirement(false, options)),
    getAuth: (req) => requireStoredAuth((req as Slotted)[slot]),
    getOptionalAuth: (req) => optionalStoredAuth((req as Slotted)[slot]),
  }
}

/** Answers with a denial through Node's response, because `res.send` would add a charset and an ETag. */
function deny(res: ServerResponse, error: AuthError, realm: string | undefined): void {
  const { status, headers, body } = denialOf(error, realm)
  res.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) })
  res.end(body)
}
