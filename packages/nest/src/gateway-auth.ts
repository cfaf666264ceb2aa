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
  /** The verifier of the app's guards; in an app with sessions `sessions.verifier`. */
  readonly verifier: Verifier<Claims>
  /** A guard of the platform's `requireAuth(options)`, which says what the upgrade needs. Default: `requireAuth()`. */
  readonly guard?: object
  /** Protection space named in the challenge (RFC 9110 §11.5). Default: none. */
  readonly realm?: string
}

/** What `gatewayAuth` gives. */
export interface GatewayAuth<Claims extends object = UntypedClaims> {
  /**
   * For the gateway's options. Lets only upgrades pass that carry one good token and fulfil the requirement. Answers the others
   * over HTTP, before any 101: 500 where the guard's own `check` throws, which Nest's logger gets.
   */
  readonly verifyClient: (info: { readonly req: IncomingMessage }, done: (verified: boolean) => void) => void
  /** Gives who is calling, from the request of `handleConnection(client, request)`. Throws ConfigError where no guard let it pass. */
  readonly getAuth: (request: IncomingMessage) => Auth<Claims>
}

/**
 * Makes the guard of gateways on `@nestjs/platform-ws`, for either platform. Forwarded headers do not count here: where tokens come
 * by cookie and a proxy ends TLS, name the page's origin in the verifier's `trustedOrigins`.
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
    // `done` is not called for a refusal: the request has been answered then.
    verifyClient: ({ req }, done) => {
      guardUpgrade(req, req.socket, guard).then(
        (auth) => auth !== null && done(true),
        (thrown) => logger.error(thrown),
      )
    },
    getAuth: (request) => requireStoredAuth(stored.get(request)),
  }
}
