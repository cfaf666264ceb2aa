import type { Connection } from './connection.js'
import type { Names } from './names.js'
import type { Now } from './now.js'
import { sweepStatement } from './statements.js'

/** The time between two sweeps by one process, in seconds of real time. */
const interval = 1

/**
 * Removes expired rows, at most once a second. The operations that add rows (`start` and `rotate`) call it before their own
 * step, so that its failure has changed nothing.
 */
export type Sweep = (within: number) => Promise<void>

/** Makes a sweep for these tables. */
export function createSweep(connection: Connection, names: Names, now: Now): Sweep {
  const statement = sweepStatement(names)
  let sweptAt = Number.NEGATIVE_INFINITY
  return async (within) => {
    if (performance.now() - sweptAt < interval * 1000) return
    sweptAt = performance.now()
    await connection.query(statement, [now()], within)
  }
}
