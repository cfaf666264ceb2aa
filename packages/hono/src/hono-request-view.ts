import { FetchRequestView, type NodeBindings } from '@latchkey/core/adapter'
import type { Context } from 'hono'

/** A view of a Hono request. */
export class HonoRequestView extends FetchRequestView {
  readonly #c: Context

  constructor(c: Context) {
    super(c.req.raw, bindingsOf(c))
    this.#c = c
  }

  /** The context, because middleware may replace the `Request` by another. */
  override get native(): object {
    return this.#c
  }

  override waitUntil(work: Promise<unknown>): void {
    executionOf(this.#c)?.waitUntil(work)
  }
}

/** Gives the bindings of `@hono/node-server`. Those of other platforms have no such members. */
export function bindingsOf(c: Context): NodeBindings | undefined {
  return c.env
}

function executionOf(c: Context): Context['executionCtx'] | undefined {
  try {
    return c.executionCtx
  } catch {
    // Hono throws if there is none.
    return undefined
  }
}
