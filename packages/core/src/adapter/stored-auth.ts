import type { Auth } from '../auth.js'
import { ConfigError } from '../config-error.js'

/** What a guard stores with a request: who is calling, or null for nobody. Undefined means that no guard ran. */
export type StoredAuth<Claims> = Auth<Claims> | null | undefined

/**
 * Gives what `getAuth` gives in every adapter: the identity that a guard has stored.
 *
 * @throws ConfigError if no guard ran, or if the guard was optional and the request carried no token
 */
export function requireStoredAuth<Claims>(stored: StoredAuth<Claims>): Auth<Claims> {
  const auth = requireStored(stored, 'getAuth')
  if (auth !== null) return auth
  throw new ConfigError(
    'getAuth: nobody is signed in here. Behind optionalAuth() read getOptionalAuth, which can be null.',
  )
}

/**
 * Gives what `getOptionalAuth` gives in every adapter: the identity that a guard has stored, or null if the request carried
 * no token.
 *
 * @throws ConfigError if no guard ran
 */
export function optionalStoredAuth<Claims>(stored: StoredAuth<Claims>): Auth<Claims> | null {
  return requireStored(stored, 'getOptionalAuth')
}

function requireStored<Claims>(stored: StoredAuth<Claims>, reader: string): Auth<Claims> | null {
  if (stored !== undefined) return stored
  throw new ConfigError(
    `${reader}: no guard of this verifier ran on this route. Put requireAuth() or optionalAuth() in front of the handler.`,
  )
}
