/** Stands for what did not come in time. */
export const late: unique symbol = Symbol('late')

/** Awaits a value for some seconds of real time at most. */
export function within<T>(seconds: number, work: PromiseLike<T>): Promise<T | typeof late> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(late), seconds * 1000)
    work.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}
