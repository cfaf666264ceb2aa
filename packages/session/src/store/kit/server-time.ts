import { Deadline } from './with-deadline.js'

/**
 * An estimate of a database server's clock, to say until when a command may be carried out.
 *
 * A command may wait: in a client that has lost its connection, or before a server that stands still. The caller is told
 * that the store cannot be reached; a rotation carried out minutes later would consume a token whose holder comes back with
 * it, and looks like a thief.
 */
export class ServerTime {
  #ahead: number | undefined

  /** Learns from a reply what the server's clock said, in seconds since the epoch. */
  learn(serverTime: number): void {
    this.#ahead = serverTime - seconds()
  }

  /** What the server's clock will say in so many seconds; undefined before the first reply. */
  in(wait: number): number | undefined {
    return this.#ahead === undefined ? undefined : this.#ahead + seconds() + wait
  }

  /**
   * Sends a command that is not to be carried out after its caller's deadline.
   *
   * @param send tells the server until when, by its own clock; answers undefined where it was too late for it. The estimate may
   * have been wrong: it is learnt from that very answer, and the command is sent again while there is time
   * @throws StoreUnavailableError once the caller does not wait any longer
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

/** A clock that nobody sets. */
function seconds(): number {
  return performance.now() / 1000
}
