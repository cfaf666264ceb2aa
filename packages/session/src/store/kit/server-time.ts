import { Deadline } from './with-deadline.js'

/**
 * Estimates a database server's clock, to say until when the server may carry out a command.
 *
 * A command may wait in a client that has lost its connection, or at a server that hangs. Meanwhile the caller learns that the
 * store cannot be reached. If a rotation were carried out minutes later, it would use up the token, and its owner, who still
 * has it, would look like a thief.
 */
export class ServerTime {
  #ahead: number | undefined

  /** Learns the time of the server's clock from a reply, in seconds since the epoch. */
  learn(serverTime: number): void {
    this.#ahead = serverTime - seconds()
  }

  /** Gives the time of the server's clock in that many seconds; undefined before the first reply. */
  in(wait: number): number | undefined {
    return this.#ahead === undefined ? undefined : this.#ahead + seconds() + wait
  }

  /**
   * Sends a command that must not be carried out after its caller's deadline.
   *
   * @param within how many seconds the caller waits
   * @param send sends the command with the latest time, by the server's clock, and answers undefined if it was too late. The
   * estimate may have been wrong: the answer has corrected it, and the command is sent again while there is time
   * @throws StoreUnavailableError, as a rejection, when the caller does not wait any longer
   */
  async inTime<T>(
    within: number,
    send: (notAfter: number | undefined, left: number) => Promise<T | undefined>,
  ): Promise<T> {
    const deadline = new Deadline(within)
    for (;;) {
      const left = deadline.left()
      const answer = await send(this.in(left), left)
      if (answer !== undefined) return answer
    }
  }
}

/** Reads a clock that nobody can set. */
function seconds(): number {
  return performance.now() / 1000
}
