import type { IncomingMessage } from 'node:http'
import type { Auth, UntypedClaims, Verifier } from '@latchkey/core'
import {
  createUpgradeGuard,
  NodeRequestView,
  readVerifier,
  refuseUnknownOptions,
  requireStoredAuth,
  upgradeRequirement,
} from '@latchkey/core/adapter'
import { Logger } from '@nestjs/common'

/** What `gatewayAuth` takes. */
export interface GatewayAuthOptions<Claims extends object = UntypedClaims> {
  /** That of the app's guards; of an app with sessions, `sessions.verifier`. */
  readonly verifier: Verifier<Claims>
  /** A guard of the platform's `requireAuth(options)`, whose requirement holds. Default: that of `requireAuth()`. */
  readonly guard?: object
  /** Protection space named in the challenge (RFC 9110 §11.5). Default: none. */
  readonly realm?: string
}

/** What `gatewayAuth` gives. */
export interface GatewayAuth<Claims extends object = UntypedClaims> {
  /**
   * For the gateway's options: lets only upgrades pass that carry one good token and fulfil the requirement, and answers the
   * others over HTTP, before any 101. What the guard's own `check` throws is a 500, and goes to Nest's logger.
   */
  readonly verifyClient: (info: { readonly req: IncomingMessage }, done: (verified: boolean) => void) => void
  /** Who is calling, by the request that `handleConnection(client, request)` is given. Throws ConfigError where nobody was let pass. */
  readonly getAuth: (request: IncomingMessage) => Auth<Claims>
}

/**
 * The guard of gateways on `@nestjs/platform-ws`, for either platform. Forwarded headers count for nothing here: behind a proxy
 * that ends TLS, name the page's origin in the verifier's `trustedOrigins`, where tokens come by cookie.
 *
 * @throws ConfigError for an unknown option, no verifier, a guard that is none of `requireAuth`, or a realm that cannot be quoted
 */
export function gatewayAuth<Claims extends object = UntypedClaims>(
  options: GatewayAuthOptions<Claims>,
): GatewayAuth<Claims> {
  refuseUnknownOptions('gatewayAuth', options, { verifier: true, guard: true, realm: true })
  const { guard, ...others } = options
  const { authenticate } = readVerifier('gatewayAuth', others)
  upgradeRequirement(guard)
  const logger = new Logger('gatewayAuth')
  const stored = new WeakMap<IncomingMessage, Auth<Claims>>()
  const guardUpgrade = createUpgradeGuard<IncomingMessage, Claims>({
    authenticate,
    view: (request) => new NodeRequestView(request),
    keep: (request, auth) => void stored.set(request, auth),
    realm: options.realm,
  })
  return {
    // Never told of a no: the request has been answered then.
    verifyClient: ({ req }, done) => {
      guardUpgrade(req, req.socket, guard).then(
        (auth) => auth !== null && done(true),
        (thrown) => logger.error(thrown),
      )
    },
    getAuth: (request) => requireStoredAuth(stored.get(request)),
  }
}
