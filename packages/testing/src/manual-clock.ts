import type { Clock } from '@latchkey/core'

/** A clock that moves only when told. It is itself the function that `createVerifier` takes as `clock`. */
export interface ManualClock extends Clock {
  /** Moves by a number of seconds, back with a negative one, and gives the new present. */
  advance(seconds: number): number
  /** Moves to a moment in seconds since the epoch, and gives it back. */
  set(seconds: number): number
}

/**
 * Makes a clock that stands still until it is moved.
 *
 * @param start seconds since the epoch; default: the present, in whole seconds
 * @throws TypeError where a moment or a step is not a finite number
 */
export function createManualClock(start: number = Math.floor(Date.now() / 1000)): ManualClock {
  let now = finite(start)
  const set = (seconds: number): number => {
    now = finite(seconds)
    return now
  }
  return Object.assign(() => now, { set, advance: (seconds: number) => set(now + seconds) })
}

function finite(seconds: number): number {
  if (!Number.isFinite(seconds)) throw new TypeError('A manual clock takes finite numbers of seconds.')
  return seconds
}
