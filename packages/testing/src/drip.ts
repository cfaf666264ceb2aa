import { type Fault, stream } from './faults.js'

/** A body that comes byte by byte. */
export interface Drip {
  /** The fault to give to `fail`. Each of several requests gets all bytes that were let through so far. */
  readonly fault: Fault
  /** Lets that many more bytes through; default 1. */
  drop(bytes?: number): void
  /** Lets everything through from now on. */
  open(): void
}

/**
 * Makes the fault of a body that comes byte by byte. The head of the answer is sent at once; the bytes are sent when the test
 * lets them through.
 *
 * @param options `interval`: after how many seconds of real time another byte is sent without the test; default: never
 */
export function createDrip(options: { readonly interval?: number } = {}): Drip {
  const { interval } = options
  let allowed = 0
  let wake: (() => void)[] = []

  function drop(bytes = 1): void {
    allowed += bytes
    const woken = wake
    wake = []
    for (const resolve of woken) resolve()
  }

  async function* drops(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    let sent = 0
    while (sent < bytes.byteLength) {
      if (allowed <= sent) await more()
      const until = Math.min(Math.max(allowed, interval === undefined ? 0 : sent + 1), bytes.byteLength)
      if (until > sent) yield bytes.slice(sent, until)
      sent = until
    }
  }

  function more(): Promise<void> {
    return new Promise((resolve) => {
      wake.push(resolve)
      if (interval !== undefined) setTimeout(resolve, interval * 1000).unref()
    })
  }

  return {
    fault: (healthy) => stream(healthy, () => drops(new TextEncoder().encode(JSON.stringify(healthy.document)))),
    drop,
    open: () => drop(Number.POSITIVE_INFINITY),
  }
}
