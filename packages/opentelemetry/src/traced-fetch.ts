import { SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { noteFailure } from './failure.js'

/** How fetches are traced. */
export interface TraceOptions {
  /** What fetches. Default: the global `fetch`. */
  readonly fetch?: typeof fetch
  /** Default: the tracer `@latchkey/opentelemetry` of the global provider. */
  readonly tracer?: Tracer
}

/**
 * A `fetch` for the options of a verifier, an issuer or an introspection, with a client span around each call, named and
 * described after OpenTelemetry's HTTP conventions. Of the URL only host and path are said: a query may hold a secret.
 */
export function tracedFetch(options: TraceOptions = {}): typeof fetch {
  const tracer = options.tracer ?? trace.getTracer('@latchkey/opentelemetry')
  return (input, init) => {
    const { fetch: call = fetch } = options
    const { origin, hostname, pathname } = new URL(isRequest(input) ? input.url : input)
    const method = init?.method ?? (isRequest(input) ? input.method : 'GET')
    const attributes = { 'http.request.method': method, 'url.full': `${origin}${pathname}`, 'server.address': hostname }
    return tracer.startActiveSpan(method, { kind: SpanKind.CLIENT, attributes }, async (span) => {
      try {
        const response = await call(input, init)
        span.setAttribute('http.response.status_code', response.status)
        if (response.status >= 400) span.setStatus({ code: SpanStatusCode.ERROR })
        return response
      } catch (thrown) {
        noteFailure(span, thrown)
        throw thrown
      } finally {
        span.end()
      }
    })
  }
}

/** Not by its class: a `fetch` of the app's own may come with a `Request` of its own. */
function isRequest(input: Parameters<typeof fetch>[0]): input is Request {
  return typeof input === 'object' && 'url' in input
}
