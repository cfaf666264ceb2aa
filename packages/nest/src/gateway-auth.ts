import type { IncomingMessage } from 'node:http'
import type { Auth, UntypedClaims, Verifier } from '@latchkey/core'
import {
  type AnswerOptions,
  createUpgradeGuard,
  NodeRequestView,
  readVerifier,
  refuseUnknownOptions,
  requireStoredAuth,
  upgradeRequirement,
} from '@latchkey/core/adapter'
import { Logger } from '@nestjs/common'

/** Options of `gatewayAuth`. */
export interface GatewayAuthOptions<Claims extends object = UntypedClaims> extends Pick<AnswerOptions<never>, 'realm'> {
  /** The verifier of the app's guards; with sessions, `sessions.verifier`. */
  readonly verifier: Verifier<Claims>
  /** A guard that the platform's `requireAuth` made. The upgrade must meet its requirement. Default: `requireAuth()`. */
  readonly guard?: object
}

/** What `gatewayAuth` returns. */
export interface GatewayAuth<Claims extends object = UntypedClaims> {
  /**
   * Goes into the gateway's options. It lets an upgrade pass only with one good token that meets the requirement. It answers
   * others over HTTP, before any 101. If the guard's own `check` throws, it answers 500 and logs the error with Nest's logger.
   */
  readonly verifyClient: (info: { readonly req: IncomingMessage }, done: (verified: boolean) => void) => void
  /** Gives who is calling, from the request of `handleConnection(client, request)`. Throws ConfigError if nobody was let in. */
  readonly getAuth: (request: IncomingMessage) => Auth<Claims>
}

/**
 * Makes the guard of gateways on `@nestjs/platform-ws`, for Express and Fastify. It ignores forwarded headers. So if tokens
 * come in cookies and a proxy ends TLS, list the page's origin in the verifier's `trustedOrigins`.
 *
 * @throws ConfigError for an unknown or wrong option, a missing verifier, or a guard that `requireAuth` did not make
 */
export function gatewayAuth<Claims extends object = UntypedClaims>(
  options: GatewayAuthOptions<Claims>,
): GatewayAuth<Claims> {
  refuseUnknownOptions('gatewayAuth', options, { verifier: true, guard: true, realm: true })
  const { guard, ...others } = options
  const { authenticate } = readVerifier('gatewayAuth', others)
  upgradeRequirement(guard)
  const report = (thrown: unknown) => new Logger('gatewayAuth').error(thrown)
  const stored = new WeakMap<IncomingMessage, Auth<Claims>>()
  const keep = (request: IncomingMessage, auth: Auth<Claims>) => void stored.set(request, auth)
  const view = (request: IncomingMessage) => new NodeRequestView(request, request)
  const guardUpgrade = createUpgradeGuard({ authenticate, view, keep, realm: options.realm })
  return {
    // `done` is not called for a refusal, because the request has already been answered.
    verifyClient: ({ req }, done) =>
      void guardUpgrade(req, req.socket, guard).then((auth) => auth !== null && done(true), report),
    getAuth: (request) => requireStoredAuth(stored.get(request)),
  }
}
