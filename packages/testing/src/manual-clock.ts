import type { Clock } from '@latchkey/core'

/** A clock that moves only when the test moves it. It is itself the function for the option `clock`. */
export interface ManualClock extends Clock {
  /**
   * Moves by a number of seconds, which may be negative. Gives the new present. Throws TypeError for a number that is not
   * finite.
   */
  advance(seconds: number): number
  /** Moves to a moment in seconds since the epoch, and gives it. Throws TypeError for a number that is not finite. */
  set(seconds: number): number
}

/**
 * Makes a clock that stands still until it is moved.
 *
 * @param start seconds since the epoch; default: the present, in whole seconds
 * @throws TypeError if `start` is not a finite number
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
