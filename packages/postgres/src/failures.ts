import { StoreUnavailableError } from '@latchkey/session'
import { isError, isProgrammingError } from '@latchkey/session/store-kit'

/**
 * SQLSTATE, or its first two characters, of what a server answers while it cannot do its work, as against to a statement that
 * is wrong.
 */
const unavailable = [
  '08', // connection exception
  '25006', // read-only transaction: a standby, during a fail-over
  '53', // insufficient resources: connections, memory, disk
  '55P03', // lock not available
  '57', // operator intervention: shutdown, crash, start-up, cancelled by a timeout
  '58', // system error
]

/** Failures after which the same statement may well succeed: serialization and deadlock. */
const transient = ['40001', '40P01']

/** SQLSTATE of an error that the server answered; undefined for one of the client's own. */
function sqlState(error: unknown): string | undefined {
  // A socket's errors have a code too, but no severity.
  if (!isError(error) || !('severity' in error) || !('code' in error)) return undefined
  return String(error.code)
}

/** Whether a statement that was not carried out deserves another try. */
export function isTransient(error: unknown): boolean {
  return transient.includes(sqlState(error) ?? '')
}

/** What a failed statement is to the caller: no answer is an unreachable store; an answer that says "wrong" is a bug. */
export function asStoreError(error: unknown): unknown {
  const state = sqlState(error)
  if (state !== undefined)
    return unavailable.some((code) => state.startsWith(code)) ? new StoreUnavailableError(error) : error
  return isProgrammingError(error) ? error : new StoreUnavailableError(error)
}
