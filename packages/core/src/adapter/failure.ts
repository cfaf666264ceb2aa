/**
 * Makes an `Error` of whatever was thrown. Frameworks with callbacks take a missing error for success. So a guard that fails
 * never passes on the thrown value unchanged: a bare `Promise.reject()` in an app's own code must not let a request pass.
 *
 * @param thrown what was caught, or what a promise was rejected with
 * @returns the same value if it is an `Error`, else a new `Error` with the value as its cause
 */
export function failureOf(thrown: unknown): Error {
  if (isError(thrown)) return thrown
  return new Error('Something that is not an Error was thrown while a request was authenticated.', { cause: thrown })
}

/**
 * Whether something is an `Error`, also one of another realm, which `instanceof` does not recognise. Under Jest and in a
 * `node:vm`, the errors that Node itself throws are of another realm.
 */
export function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]'
}
