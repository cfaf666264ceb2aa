import { type Fault, stream } from './faults.js'

/** A body that comes in drops. */
export interface Drip {
  /** The fault to give to `fail`. Of several requests each gets as many bytes as have been let through in all. */
  readonly fault: Fault
  /** Lets so many more bytes through, default 1. */
  drop(bytes?: number): void
  /** Lets everything through from now on. */
  open(): void
}

/**
 * Makes the fault of a body that drips: the answer's start is sent at once, its bytes only as the test lets them through.
 *
 * @param options `interval`: seconds of real time after which another byte comes by itself. Default: none does.
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
