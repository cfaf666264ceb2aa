/** Gives the present in seconds since the epoch, with fractions. Tests pass their own clock, so that they need not wait. */
export type Clock = () => number

/** Reads the system clock. It is the default of every option `clock`. */
export const systemClock: Clock = () => Date.now() / 1000
