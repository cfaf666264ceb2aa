/** A value that is there already, or a promise of it where something had to be waited for. */
export type MaybePromise<T> = T | Promise<T>

/** Goes on with a value at once where it is there, so that the common request never pays for a promise. */
export function whenReady<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(next) : next(value)
}
