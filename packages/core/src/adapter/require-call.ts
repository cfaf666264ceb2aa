import { ConfigError } from '../config-error.js'
import { isObject } from '../is-object.js'

/**
 * Checks that the app called a function that makes a guard. If it wrote `requireAuth` for `requireAuth()`, the framework calls the
 * function with request and handler. It would then wait for ever, since nobody calls the guard.
 *
 * @param call how to write it, such as `requireAuth()`
 * @param given all arguments
 * @param most how many there may be
 * @throws ConfigError if there are more, or the first is a function: a handler, or a class that is decorated. Also for options
 * that are no object.
 */
export function requireCall(call: string, given: readonly unknown[], most: 0 | 1): void {
  const [first] = given
  if (given.length > 1 || typeof first === 'function') throw new ConfigError(`${bareName(call)}: write ${call}.`)
  if (first === undefined) return
  if (most === 0) throw new ConfigError(`${bareName(call)}: takes no options.`)
  if (!isObject(first)) throw new ConfigError(`${bareName(call)}: takes an object of options.`)
}

function bareName(call: string): string {
  return call.replaceAll(/[@()]/g, '')
}
