/** A value that is there already, or a promise of it where something had to be waited for. */
export type MaybePromise<T> = T | Promise<T>

/**
 * Whether a value has to be awaited: whatever has a `then`, as `await` sees it. `instanceof` would take the promise of another realm, of zone.js or
 * of a library for a value, and an answer that is still to come for a good one.
 */
export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  return 'then' in value && typeof value.then === 'function'
}

/** Goes on with a value at once where it is there, so that the common request never pays for a promise. */
export function whenReady<T, U>(value: T | PromiseLike<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return isPromise(value) ? Promise.resolve(value).then(next) : next(value)
}
