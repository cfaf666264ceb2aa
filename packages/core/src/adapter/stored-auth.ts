import type { Auth } from '../auth.js'
import { ConfigError } from '../config-error.js'

/** What a guard keeps with a request: who is calling, null for nobody; undefined where no guard ran. */
export type StoredAuth<Claims> = Auth<Claims> | null | undefined

/**
 * What `getAuth` gives, in every adapter: the identity that a guard stored.
 *
 * @throws ConfigError where no guard ran, or only an optional one and the request carried no token
 */
export function requireStoredAuth<Claims>(stored: StoredAuth<Claims>): Auth<Claims> {
  const auth = requireStored(stored, 'getAuth')
  if (auth !== null) return auth
  throw new ConfigError(
    'getAuth: nobody is signed in here. Behind optionalAuth() read getOptionalAuth, which can be null.',
  )
}

/**
 * What `getOptionalAuth` gives, in every adapter: the identity that a guard stored, null where the request carried no token.
 *
 * @throws ConfigError where no guard ran
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
