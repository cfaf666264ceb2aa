/** The answer of `within` if the value did not come in time. */
export const late: unique symbol = Symbol('late')

/** Waits for a value, at most for that many seconds of real time; after that it gives `late`. The work goes on. */
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
