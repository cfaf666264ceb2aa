import { clientCertificate, type NodeFields, nodeField, type RequestView } from '@latchkey/core/adapter'
import type { Context } from 'hono'
import { isUntouched } from './node-server-request.js'

/** What `@hono/node-server` and `@hono/node-ws` hand over. */
interface NodeBindings {
  readonly incoming?: NodeFields
  readonly outgoing?: unknown
}

/** Node's request where it asks for an upgrade: Node has a response ready for any other. */
export function upgradeOf(c: Context): NodeFields | undefined {
  const bindings = bindingsOf(c)
  return bindings?.outgoing === undefined ? bindings?.incoming : undefined
}

/** The seam filled from Hono's request. A class, so that a request costs one small object and no closure. */
export class HonoRequestView implements RequestView {
  readonly #c: Context
  /** Node's request, where it stands for the request as it is now. */
  readonly #fields: NodeFields | undefined

  constructor(c: Context) {
    this.#c = c
    const incoming = bindingsOf(c)?.incoming
    this.#fields = incoming !== undefined && isUntouched(c.req.raw, incoming) ? incoming : undefined
  }

  get method(): string {
    return this.#c.req.raw.method
  }

  /** The context: middleware may put another `Request` into the place of the first. */
  get native(): object {
    return this.#c
  }

  header(name: string): string | undefined {
    if (this.#fields !== undefined) return nodeField(this.#fields, name)
    const value = this.#c.req.raw.headers.get(name) ?? undefined
    // What asks for an upgrade is made of Node's `headers`, which keep the first of several `Authorization` fields.
    const upgrade = upgradeOf(this.#c)
    return upgrade !== undefined && value === upgrade.headers[name] ? nodeField(upgrade, name) : value
  }

  url(): string {
    return this.#c.req.raw.url
  }

  clientCertificate(): Uint8Array | undefined {
    return clientCertificate(bindingsOf(this.#c)?.incoming?.socket)
  }

  /** Where the platform has no such thing, it does not stop either. */
  waitUntil(work: Promise<unknown>): void {
    executionOf(this.#c)?.waitUntil(work)
  }
}

function bindingsOf(c: Context): NodeBindings | undefined {
  return c.env
}

function executionOf(c: Context): Context['executionCtx'] | undefined {
  try {
    return c.executionCtx
  } catch {
    // Hono's way of saying that there is none.
    return undefined
  }
}
