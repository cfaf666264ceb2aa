import { StoreUnavailableError } from '@latchkey/session'
import { isError, isProgrammingError } from '@latchkey/session/store-kit'

/** The codes that a server answers while it cannot do its work. Other codes mean that the command is wrong. */
const unavailable = [
  'BUSY',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'MISCONF',
  'MOVED',
  'NOREPLICAS',
  'OOM',
  'READONLY',
  'TRYAGAIN',
]

/**
 * Gives the code of an error that the server has answered; undefined for an error of the client itself. Both libraries pass on
 * the server's text, which begins with a word in capital letters.
 */
export function replyCode(error: unknown): string | undefined {
  return isError(error) ? /^([A-Z][A-Z0-9]+) /.exec(error.message)?.[1] : undefined
}

/**
 * Turns a failure into the caller's error: `StoreUnavailableError` if the server cannot answer; the same error if it is a bug.
 */
export function asStoreError(error: unknown): unknown {
  const code = replyCode(error)
  if (code !== undefined) return unavailable.includes(code) ? new StoreUnavailableError(error) : error
  return isProgrammingError(error) ? error : new StoreUnavailableError(error)
}
