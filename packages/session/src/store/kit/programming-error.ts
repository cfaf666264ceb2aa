import { isError } from '@latchkey/core/adapter'

/** Compared by name and not by class: under Jest and in a `node:vm`, the errors that Node itself throws are of other classes. */
const kinds = ['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError']

/** Whether an error of a database's client is a mistake in a program, and not a server that cannot be reached. */
export function isProgrammingError(error: unknown): boolean {
  return !isError(error) || kinds.includes(error.name)
}
