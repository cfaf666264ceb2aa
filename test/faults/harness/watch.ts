import type { CoreEvent } from '@latchkey/core'
import { createEventLog, type EventLog } from '@latchkey/testing'

/**
 * Stands between a verifier and the network and counts. A fetch of keys may take several requests: it begins with the
 * first of them, and ends with the event that tells what came of it.
 */
export class Watch {
  readonly log: EventLog = createEventLog()
  /** HTTP requests begun. */
  requests = 0
  /** Fetches of keys begun. */
  fetches = 0
  readonly #underWay = new Set<string>()
  #waiting: (() => void)[] = []

  /** The platform's own, counted. */
  readonly fetch: typeof fetch = (input, init) => {
    this.requests += 1
    const { origin } = new URL(input instanceof Request ? input.url : input)
    if (!this.#underWay.has(origin)) this.fetches += 1
    this.#underWay.add(origin)
    return fetch(input, init)
  }

  readonly onEvent = (event: CoreEvent): void => {
    this.log.onEvent(event)
    if (event.type !== 'keys_refreshed' && event.type !== 'keys_refresh_failed') return
    this.#underWay.delete(new URL(event.issuer).origin)
    if (this.#underWay.size > 0) return
    for (const resolve of this.#waiting) resolve()
    this.#waiting = []
  }

  /** Whether a fetch of keys is under way. */
  get isFetching(): boolean {
    return this.#underWay.size > 0
  }

  /** Resolves once no fetch of keys is under way, and all that waited for the last one has gone on. */
  async idle(): Promise<void> {
    await nextTurn()
    if (!this.isFetching) return
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
    await nextTurn()
  }
}

/** Lets everything happen that needs no network. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
