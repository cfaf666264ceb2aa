/** Says that nobody may join from now on, because the work is about to change something. */
export type Close = () => void

/**
 * Lets calls with the same key share one piece of work and its result, until the work changes something. A later call starts
 * new work, because the caller may know what has happened since.
 *
 * @param work does the work for a key, with the input of the first call; it calls `close` before it changes something
 * @param onShared is called with the result, once for each call that joined
 */
export function sharing<T, Input = undefined>(
  work: (key: string, close: Close, input: Input | undefined) => Promise<T>,
  onShared: (result: T) => void,
): (key: string, input?: Input) => Promise<T> {
  const open = new Map<string, Promise<T>>()
  return (key, input) => {
    const known = open.get(key)
    if (known !== undefined) {
      return known.then((result) => {
        onShared(result)
        return result
      })
    }
    const close: Close = () => {
      if (open.get(key) === started) open.delete(key)
    }
    const started: Promise<T> = begin().finally(close)
    open.set(key, started)
    return started

    async function begin(): Promise<T> {
      // Begins later, when others can already join it.
      await undefined
      return work(key, close, input)
    }
  }
}
