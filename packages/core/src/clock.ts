/** The present in seconds since the epoch; fractions allowed. Injectable, so that tests need not wait. */
export type Clock = () => number

/** The system clock. */
export const systemClock: Clock = () => Date.now() / 1000
