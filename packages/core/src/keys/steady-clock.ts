import type { Clock } from '../clock.js'

/**
 * Time that never runs backwards, made from a wall clock that may. Where the wall clock steps back, this one stands still
 * for that reading and then goes on; the size of the step is kept in `lost`, because nobody can know how much time really
 * passed meanwhile.
 *
 * A key set ends its freshness by `now() + lost`, so a step back only brings the next refetch nearer; it ends everything
 * else (stale limit, back-off, misses) by `now()`, so a step back neither throws a set away nor keeps it for ever.
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
   * Seconds; equal to the wall clock until that first steps back.
   *
   * @param wall what the wall clock says, where it has just been read
   */
  now(wall: number = this.#clock()): number {
    if (wall < this.#last) this.#lost += this.#last - wall
    this.#last = wall
    return wall + this.#lost
  }

  /** Seconds that the wall clock has stepped back in all. */
  get lost(): number {
    return this.#lost
  }

  /** The wall clock's word for a moment of this clock. */
  toWall(moment: number): number {
    return moment - this.#lost
  }
}
