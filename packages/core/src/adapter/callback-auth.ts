import { type AppAuth, createAppAuth } from './app-auth.js'
import type { AuthOptions, GuardedSessions, SessionGuardOptions } from './auth-options.js'
import { type CallbackFramework, type CallbackGuard, createCallbackGuard } from './callback-guard.js'
import type { StoredAuth } from './stored-auth.js'

/**
 * Makes the guards and readers of an adapter whose framework works with callbacks.
 *
 * @param options the adapter's options, already checked by `readVerifier`
 * @param framework how the framework does its part
 * @param storedAuth reads what `framework.keep` has stored, or what another guard of the adapter has stored elsewhere
 */
export function createCallbackAuth<Request, Response, Claims extends object, Holder = Request>(
  options: AuthOptions<Claims, GuardedSessions<Claims>, unknown>,
  framework: CallbackFramework<Request, Response, Claims>,
  storedAuth: (request: Holder) => StoredAuth<Claims>,
): AppAuth<CallbackGuard<Request, Response>, SessionGuardOptions<Claims>, Holder, Claims> {
  return createAppAuth(options, createCallbackGuard(framework), storedAuth)
}
