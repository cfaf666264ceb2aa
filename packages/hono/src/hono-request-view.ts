import { FetchRequestView, type NodeBindings } from '@latchkey/core/adapter'
import type { Context } from 'hono'

/** A view of a Hono request. */
export class HonoRequestView extends FetchRequestView<Context> {
  constructor(c: Context) {
    // The context stands for the request, because middleware may replace the `Request` by another.
    super(c.req.raw, c, bindingsOf(c))
  }

  override waitUntil(work: Promise<unknown>): void {
    executionOf(this.native)?.waitUntil(work)
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
