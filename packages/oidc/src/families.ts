import { AuthError } from '@latchkey/core'
import { type FamilyStore, StoreUnavailableError } from '@latchkey/session'

/** Real seconds for which one operation is waited for. */
const longest = 3

/** Asks the store, as session verbs do: `store_unavailable` (503) where it cannot be reached in time. */
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
