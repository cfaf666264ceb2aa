import type { Clock } from '@latchkey/core'

/** The present for a statement: null leaves it to the server. */
export type Now = () => number | null

/** The clock of the app, if it gave one. */
export function nowOf(clock: Clock | undefined): Now {
  return clock ?? (() => null)
}
