import { StoreUnavailableError } from '@latchkey/session'
import { isError, isProgrammingError } from '@latchkey/session/store-kit'

/** What a server answers while it cannot do its work, as against to a command that is wrong. */
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
 * The code of an error that the server answered; undefined for one of the client's own. Both libraries pass the server's text on,
 * which by its protocol begins with a word in capitals.
 */
export function replyCode(error: unknown): string | undefined {
  return isError(error) ? /^([A-Z][A-Z0-9]+) /.exec(error.message)?.[1] : undefined
}

/** What a failed command is to the caller: no answer is an unreachable store; an answer that says "wrong" is a bug. */
export function asStoreError(error: unknown): unknown {
  const code = replyCode(error)
  if (code !== undefined) return unavailable.includes(code) ? new StoreUnavailableError(error) : error
  return isProgrammingError(error) ? error : new StoreUnavailableError(error)
}
