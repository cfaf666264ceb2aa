import { clientCertificate, type NodeFields, nodeField, type RequestView } from '@latchkey/core/adapter'
import type { Context } from 'hono'

/** The seam filled from Hono's request. */
export function honoRequestView(c: Context): RequestView {
  return new HonoRequestView(c)
}

/** Node's request, on `@hono/node-server` and `@hono/node-ws`. */
export function incomingOf(c: Context): NodeFields | undefined {
  return (c.env as { readonly incoming?: NodeFields } | undefined)?.incoming
}

class HonoRequestView implements RequestView {
  readonly #c: Context
  readonly #raw: Request
  /** Node's request, where it stands for the request as it is now. */
  readonly #fields: NodeFields | undefined

  constructor(c: Context) {
    this.#c = c
    this.#raw = c.req.raw
    const incoming = incomingOf(c)
    this.#fields = incoming !== undefined && isUntouched(this.#raw, incoming) ? incoming : undefined
  }

  get method(): string {
    return this.#raw.method
  }

  /** The context: middleware may put another `Request` into the place of the first. */
  get native(): object {
    return this.#c
  }

  /**
   * On `@hono/node-server` fields are read where Node has left them: the `Headers` that are otherwise made of them, and what
   * these check at each `get`, take 1 µs of a request's 25.
   */
  header(name: string): string | undefined {
    if (this.#fields !== undefined) return nodeField(this.#fields, name)
    const value = this.#raw.headers.get(name) ?? undefined
    // What asks for an upgrade is made of `headers` there, which keep the first of several `Authorization` fields.
    const incoming = incomingOf(this.#c)
    return incoming !== undefined && value === incoming.headers[name] ? nodeField(incoming, name) : value
  }

  url(): string {
    return this.#raw.url
  }

  clientCertificate(): Uint8Array | undefined {
    return clientCertificate(incomingOf(this.#c)?.socket)
  }

  /** Where the platform has no such thing, it does not stop either. */
  waitUntil(work: Promise<unknown>): void {
    executionOf(this.#c)?.waitUntil(work)
  }
}

function executionOf(c: Context): Context['executionCtx'] | undefined {
  try {
    return c.executionCtx
  } catch {
    // Hono's way of saying that there is none.
    return undefined
  }
}

/** Under which symbols node-server's request keeps Node's, and the headers that it makes of it when they are asked for. */
interface Places {
  readonly incoming: symbol
  readonly headers: symbol
}

// Found out from a request and not taken for granted: another version that keeps these elsewhere gets the slow way.
let places: Places | undefined

/**
 * Whether a request is the very one that node-server made of Node's, and its headers have not been asked for. Middleware
 * may have put another in its place (a method override, a body limit) or changed its headers: these count then.
 */
function isUntouched(request: Request, incoming: NodeFields): boolean {
  if (places === undefined) {
    places = findPlaces(request, incoming)
    return false
  }
  return (
    Object.hasOwn(request, places.incoming) &&
    keptIn(request, places.incoming) === incoming &&
    keptIn(request, places.headers) === undefined &&
    !Object.hasOwn(request, 'headers')
  )
}

/** Asks for the headers and looks where they are kept. */
function findPlaces(request: Request, incoming: NodeFields): Places | undefined {
  const { headers } = request
  const symbols = Object.getOwnPropertySymbols(request)
  const incomingAt = symbols.find((symbol) => keptIn(request, symbol) === incoming)
  const headersAt = symbols.find((symbol) => keptIn(request, symbol) === headers)
  return incomingAt === undefined || headersAt === undefined ? undefined : { incoming: incomingAt, headers: headersAt }
}

function keptIn(request: Request, symbol: symbol): unknown {
  return (request as unknown as { readonly [symbol: symbol]: unknown })[symbol]
}
