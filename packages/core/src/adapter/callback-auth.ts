import {
  type AppAuth,
  type AuthOptions,
  type GuardedSessions,
  readGuardRules,
  type SessionGuardOptions,
} from './auth-options.js'
import { type CallbackFramework, type CallbackGuard, createCallbackGuards } from './callback-guard.js'
import { metadataRoute } from './metadata-route.js'
import { optionalStoredAuth, requireStoredAuth, type StoredAuth } from './stored-auth.js'

/**
 * Makes the guards and readers of an adapter whose framework works with callbacks.
 *
 * @param options the adapter's options, already checked by `readVerifier`
 * @param framework how the framework does its part
 * @param storedAuth reads what `framework.keep` has stored
 */
export function createCallbackAuth<Request, Response, Claims extends object>(
  options: AuthOptions<Claims, GuardedSessions<Claims>, unknown>,
  framework: CallbackFramework<Request, Response, Claims>,
  storedAuth: (request: Request) => StoredAuth<Claims>,
): AppAuth<CallbackGuard<Request, Response>, SessionGuardOptions<Claims>, Request, Claims> {
  const { guard, originGuard } = createCallbackGuards(framework)
  const verifier = options.verifier ?? options.sessions.verifier
  return {
    requireAuth: (asked) => guard(readGuardRules(options, true, asked)),
    optionalAuth: (asked) => guard(readGuardRules(options, false, asked)),
    requireSameOrigin: () => originGuard(verifier),
    resourceMetadata: () => {
      const metadataFor = metadataRoute(verifier.resourceMetadata)
      return (request, response, next) => {
        const metadata = metadataFor(framework.view(request))
        if (metadata === undefined) next()
        else framework.send(response, metadata)
      }
    },
    getAuth: (request) => requireStoredAuth(storedAuth(request)),
    getOptionalAuth: (request) => optionalStoredAuth(storedAuth(request)),
  }
}
