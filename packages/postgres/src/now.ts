import type { Clock } from '@latchkey/core'

/** Gives the present for a statement, in seconds since the epoch; null: the server's clock counts. */
export type Now = () => number | null

/** Gives the app's clock, or, without one, that of the server. */
export function nowOf(clock: Clock | undefined): Now {
  return clock ?? (() => null)
}
