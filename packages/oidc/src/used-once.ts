import { AuthError, type ReplayStore } from '@latchkey/core'

/**
 * Burns an id, so that it is good only once.
 *
 * @param until until when it must be remembered, seconds since the epoch
 * @returns true if it was not burnt before
 * @throws AuthError `store_unavailable`, as a rejection, if the replay store cannot say
 */
export async function burn(replay: ReplayStore, id: string, until: number, now: number): Promise<boolean> {
  try {
    return await replay.burn(id, until, now)
  } catch {
    // Whatever a store throws, it means that the store cannot say (`ReplayStore`).
    throw new AuthError('store_unavailable')
  }
}

/** Makes an id for a replay store from some texts: 43 base64url characters. */
export async function idOf(...parts: readonly string[]): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(parts)))
  return Buffer.from(digest).toString('base64url')
}
