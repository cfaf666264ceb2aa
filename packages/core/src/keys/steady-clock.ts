import type { Clock } from '../clock.js'

/**
 * A clock that never runs backwards, made from a wall clock that may. If the wall clock steps back, this one stands still for
 * that reading and then goes on. It adds the size of the step to `lost`, because nobody knows how much time really passed.
 *
 * A key set compares its freshness with `now() + lost`, so a step back only brings the next refetch nearer. It compares all
 * else (stale limit, back-off, misses) with `now()`, so a step back neither drops a set nor keeps it for ever.
 */
export class SteadyClock {
  readonly #clock: Clock
  #last: number
  #lost = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#last = clock()
  }

  /**
   * Gives the present in seconds; equal to the wall clock until that first steps back.
   *
   * @param wall the time of the wall clock; default: reads it
   */
  now(wall: number = this.#clock()): number {
    if (wall < this.#last) this.#lost += this.#last - wall
    this.#last = wall
    return wall + this.#lost
  }

  /** By how many seconds the wall clock has stepped back in all. */
  get lost(): number {
    return this.#lost
  }

  /** Converts a moment of this clock to the wall clock's time. */
  toWall(moment: number): number {
    return moment - this.#lost
  }
}
