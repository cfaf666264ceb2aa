/** Tells that from now on nobody may join: the work is about to have its effect. */
export type Close = () => void

/**
 * Calls with the same key join one that is under way, and have its result, for as long as it has had no effect yet. Who
 * calls later gets work of his own: he may know what has happened since.
 *
 * @param work what is done for a key, with what the first of the calls gave; says by `close` when its effect is near
 * @param onShared told of a result for each call that joined
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
      // Not before it can be joined.
      await undefined
      return work(key, close, input)
    }
  }
}
