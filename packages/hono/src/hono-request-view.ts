import { FetchRequestView, type NodeBindings } from '@latchkey/core/adapter'
import type { Context } from 'hono'

/** Shows a request of Hono's to core. */
export class HonoRequestView extends FetchRequestView {
  readonly #c: Context

  constructor(c: Context) {
    super(c.req.raw, bindingsOf(c))
    this.#c = c
  }

  /** The context: middleware may put another `Request` into the place of the first. */
  override get native(): object {
    return this.#c
  }

  override waitUntil(work: Promise<unknown>): void {
    executionOf(this.#c)?.waitUntil(work)
  }
}

/** Gives what `@hono/node-server` hands over. Bindings of other platforms have no such members. */
export function bindingsOf(c: Context): NodeBindings | undefined {
  return c.env
}

function executionOf(c: Context): Context['executionCtx'] | undefined {
  try {
    return c.executionCtx
  } catch {
    // Hono throws where there is none.
    return undefined
  }
}
