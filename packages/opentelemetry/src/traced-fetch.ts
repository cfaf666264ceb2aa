import { platformFetch } from '@latchkey/core/adapter'
import { SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { noteFailure } from './failure.js'

/** Options of `tracedFetch`. */
export interface TraceOptions {
  /** The `fetch` to trace. Default: as without tracing, `node:http` and `node:https` on Node, elsewhere the global `fetch`. */
  readonly fetch?: typeof fetch
  /** The tracer that makes the spans. Default: the tracer `@latchkey/opentelemetry` of the global provider. */
  readonly tracer?: Tracer
}

/**
 * Makes a `fetch` for the options of a verifier, an issuer or an introspection. It puts a client span around each call, with
 * names and attributes of OpenTelemetry's HTTP conventions. It reports only origin and path of the URL, because a query may
 * contain a secret.
 */
export function tracedFetch(options: TraceOptions = {}): typeof fetch {
  const { fetch: call = platformFetch, tracer = trace.getTracer('@latchkey/opentelemetry') } = options
  return (input, init) => {
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

/** Whether the input is a `Request`. It does not compare the class, because the app's own `fetch` may have its own `Request`. */
function isRequest(input: Parameters<typeof fetch>[0]): input is Request {
  return typeof input === 'object' && 'url' in input
}
