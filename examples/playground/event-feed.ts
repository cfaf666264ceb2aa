import { PassThrough, type Readable } from 'node:stream'
import type { CoreEvent } from '@latchkey/core'
import type { SessionEvent } from '@latchkey/session'

/** Header fields of a stream of server-sent events. */
export const feedHeaders = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } as const

/** Passes the events of the library on to every open page (server-sent events, WHATWG HTML §9.2). */
export class EventFeed {
  readonly #followers = new Set<PassThrough>()

  /** Given to `onEvent`. Events hold no token, so they can be shown as they are. */
  readonly report = (event: CoreEvent | SessionEvent): void => {
    const message = `data: ${JSON.stringify({ ...event, at: Date.now() })}\n\n`
    for (const follower of this.#followers) follower.write(message)
  }

  /** The body of a response: all events from now on, until the page is closed. */
  follow(): Readable {
    const follower = new PassThrough()
    follower.write('retry: 1000\n\n')
    this.#followers.add(follower)
    follower.once('close', () => this.#followers.delete(follower))
    return follower
  }
}
