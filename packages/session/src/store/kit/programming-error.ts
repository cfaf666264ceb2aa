const kinds = [TypeError, RangeError, ReferenceError, SyntaxError]

/** Whether a failure of a database's client is a mistake in a program, as against a server that cannot be reached. */
export function isProgrammingError(error: unknown): boolean {
  return !(error instanceof Error) || kinds.some((kind) => error instanceof kind)
}
