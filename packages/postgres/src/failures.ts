import { StoreUnavailableError } from '@latchkey/session'
import { isError, isProgrammingError } from '@latchkey/session/store-kit'

/**
 * The SQLSTATE, or its first characters, that a server answers while it cannot do its work. Other codes mean that the statement
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

/** Failures after which the same statement may succeed: serialization failure and deadlock. */
const transient = ['40001', '40P01']

/** Gives the SQLSTATE of an error that the server has answered; undefined for an error of the client itself. */
function sqlState(error: unknown): string | undefined {
  // Errors of a socket have a code too, but no severity.
  if (!isError(error) || !('severity' in error) || !('code' in error)) return undefined
  return String(error.code)
}

/** Whether a failed statement should be tried again. */
export function isTransient(error: unknown): boolean {
  return transient.includes(sqlState(error) ?? '')
}

/**
 * Turns a failure into the caller's error: `StoreUnavailableError` if the server cannot answer; the same error if it is a bug.
 */
export function asStoreError(error: unknown): unknown {
  const state = sqlState(error)
  if (state !== undefined)
    return unavailable.some((code) => state.startsWith(code)) ? new StoreUnavailableError(error) : error
  return isProgrammingError(error) ? error : new StoreUnavailableError(error)
}
