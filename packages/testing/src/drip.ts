import { type Fault, stream } from './faults.js'

/** A body that comes in drops. */
export interface Drip {
  /** The fault to give to `fail`; one `Drip` serves any number of requests, which share the drops. */
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
    for (let sent = 0; sent < bytes.byteLength; ) {
      if (interval !== undefined && sent > 0) {
        await after(interval)
        drop()
      }
      const until = Math.min(allowed, bytes.byteLength)
      if (until > sent) {
        yield bytes.slice(sent, until)
        sent = until
      } else if (interval === undefined) {
        await new Promise<void>((resolve) => wake.push(resolve))
      }
    }
  }

  return {
    fault: (healthy) => stream(healthy, () => drops(new TextEncoder().encode(JSON.stringify(healthy.document)))),
    drop,
    open: () => drop(Number.POSITIVE_INFINITY),
  }
}

function after(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000).unref())
}
