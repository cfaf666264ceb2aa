import type { IncomingMessage } from 'node:http'
import { upgradeRequirement } from '@latchkey/core/adapter'
import { Logger } from '@nestjs/common'
import type { PlatformAuth } from './latchkey-guard.js'

/**
 * Makes the option `verifyClient` of gateways on `@nestjs/platform-ws`. It lets an upgrade pass only with one good token that
 * meets the requirement, and answers others over HTTP, before any 101. In `handleConnection(client, request)`,
 * `auth.getAuth(request)` gives who is calling. It ignores forwarded headers. So if tokens come in cookies and a proxy ends TLS,
 * list the page's origin in the verifier's `trustedOrigins`. If the guard's own `check` throws, it answers 500 and logs the error
 * with Nest's logger.
 *
 * @param auth what `LatchkeyModule.forRoot` takes
 * @param guard a guard that `auth.requireAuth` made. The upgrade must meet its requirement. Default: `auth.requireAuth()`.
 * @throws ConfigError if `requireAuth` did not make the guard
 */
export function gatewayGuard(
  auth: PlatformAuth,
  guard?: object,
): (info: { readonly req: IncomingMessage }, done: (verified: boolean) => void) => void {
  upgradeRequirement(guard)
  const report = (thrown: unknown) => new Logger('gatewayGuard').error(thrown)
  // `done` is not called for a refusal, because the request has already been answered.
  return ({ req }, done) =>
    void auth.upgrade(req as never, req.socket, { guard }).then((identity) => identity !== null && done(true), report)
}
