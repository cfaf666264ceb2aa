import { AuthError } from '@latchkey/core'
import { type FamilyStore, StoreUnavailableError } from '@latchkey/session'

/** How long to wait for one operation, in seconds of real time. */
const longest = 3

/**
 * Runs an operation of the store. Rejects with the AuthError `store_unavailable` (503) if the store cannot be reached in time.
 */
export async function ask<T>(
  families: FamilyStore,
  operation: (families: FamilyStore, within: number) => Promise<T>,
): Promise<T> {
  try {
    return await operation(families, longest)
  } catch (error) {
    if (error instanceof StoreUnavailableError) throw new AuthError('store_unavailable')
    throw error
  }
}
