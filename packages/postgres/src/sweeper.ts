import type { Connection } from './connection.js'
import type { Names } from './names.js'
import type { Now } from './now.js'
import { sweepStatement } from './statements.js'

/** Real seconds between two sweeps by one process. */
const interval = 1

/** Removes what is over, at most so often: with the operations that make more of it, before them: a failure then has changed nothing. */
export type Sweep = (within: number) => Promise<void>

export function createSweep(connection: Connection, names: Names, now: Now): Sweep {
  const statement = sweepStatement(names)
  let sweptAt = Number.NEGATIVE_INFINITY
  return async (within) => {
    if (performance.now() - sweptAt < interval * 1000) return
    sweptAt = performance.now()
    await connection.query(statement, [now()], within)
  }
}
