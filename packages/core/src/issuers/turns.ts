import { late, within } from '../within.js'

/** Permission to do one piece of work. `end` gives it back. */
export interface Turn {
  end(): void
}

/**
 * Limits how many pieces of work run at a time; the others wait in order. A turn that is not given back in time counts as given
 * back: a platform such as Workers may have ended the request that held it.
 */
export class Turns {
  readonly #most: number
  readonly #patience: number
  readonly #taken = new Map<Turn, number>()
  readonly #waiting = new Set<(turn: Turn) => void>()

  /**
   * @param most turns at a time
   * @param patience seconds of real time: how long a turn lasts at most, and how long to wait for one at most
   */
  constructor(most: number, patience: number) {
    this.#most = most
    this.#patience = patience
  }

  /** Takes a turn; undefined if none is free now. */
  takeNow(): Turn | undefined {
    if (this.#taken.size >= this.#most) this.#dropStale()
    return this.#taken.size < this.#most ? this.#give() : undefined
  }

  /** Takes a turn as soon as one is free; undefined if that takes too long. */
  async take(): Promise<Turn | undefined> {
    const free = this.takeNow()
    if (free !== undefined) return free
    let next: (turn: Turn) => void = () => {}
    const turn = new Promise<Turn>((resolve) => {
      next = resolve
    })
    this.#waiting.add(next)
    const taken = await within(this.#patience, turn)
    if (taken !== late) return taken
    this.#waiting.delete(next)
    return undefined
  }

  #give(): Turn {
    const turn: Turn = {
      end: () => {
        if (!this.#taken.delete(turn)) return
        const [next] = this.#waiting
        if (next === undefined) return
        this.#waiting.delete(next)
        next(this.#give())
      },
    }
    this.#taken.set(turn, performance.now() + this.#patience * 1000 + 1000)
    return turn
  }

  #dropStale(): void {
    const now = performance.now()
    for (const [turn, until] of this.#taken) if (until < now) this.#taken.delete(turn)
  }
}
