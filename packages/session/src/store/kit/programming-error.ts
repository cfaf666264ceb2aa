import { isError } from '@latchkey/core/adapter'

/** By name, and not by class: under Jest, and in a `node:vm`, what Node itself throws is of other classes. */
const kinds = ['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError']

/** Whether a failure of a database's client is a mistake in a program, as against a server that cannot be reached. */
export function isProgrammingError(error: unknown): boolean {
  return !isError(error) || kinds.includes(error.name)
}
