/**
 * An `Error` for whatever was thrown. Callback frameworks take a missing error for success, so a guard that fails never
 * hands on what was thrown as it came: `Promise.reject()` in an app's own code must not let a request pass.
 *
 * @param thrown what was caught, or what a promise was rejected with
 * @returns the same where it is an `Error`, else a new one with it as the cause
 */
export function failureOf(thrown: unknown): Error {
  if (isError(thrown)) return thrown
  return new Error('What was thrown while a request was authenticated is no Error.', { cause: thrown })
}

/**
 * Whether something is an `Error`, also one of another realm, which `instanceof` would not know: under Jest, and in a `node:vm`, what
 * Node itself throws comes from outside.
 */
export function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]'
}
