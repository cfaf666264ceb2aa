import { createHash } from 'node:crypto'

/** Finds the client that a key was given to; undefined for no key, or for one that nobody has. */
export type ClientOf = (key: string | undefined) => string | undefined

/** Hashes a key for storage. One SHA-256 is enough for a key of 32 random bytes; for a password it is not. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

/** Looks keys up by their hash, so that the keys are stored nowhere and no timing tells how close a guess came. */
export function createClientOf(clients: ReadonlyMap<string, string>): ClientOf {
  return (key) => (key === undefined ? undefined : clients.get(hashKey(key)))
}
