/** Lets several runs of one case, one for each server, move the clocks together: servers that share a store share the time. */
export class Lockstep {
  readonly #parties: number
  readonly #move: (seconds: number) => Promise<void>
  readonly #waiting: { readonly resolve: () => void; readonly reject: (reason: unknown) => void }[] = []
  #failure: unknown

  /** @param move moves every clock; called once all parties have asked */
  constructor(parties: number, move: (seconds: number) => Promise<void>) {
    this.#parties = parties
    this.#move = move
  }

  /** Resolves when every clock shows so many seconds more. */
  advance(seconds: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure)
      this.#waiting.push({ resolve, reject })
      if (this.#waiting.length < this.#parties) return
      const all = this.#waiting.splice(0)
      this.#move(seconds).then(
        () => {
          for (const party of all) party.resolve()
        },
        (failure: unknown) => {
          for (const party of all) party.reject(failure)
        },
      )
    })
  }

  /** One of the runs has failed: nobody waits for it. */
  fail(reason: unknown): void {
    this.#failure = reason ?? new Error('failed')
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure)
  }
}
