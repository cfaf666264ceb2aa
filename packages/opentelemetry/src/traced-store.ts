import { type Tracer, trace } from '@opentelemetry/api'
import { noteFailure } from './failure.js'

/** The operations of session stores, key stores and replay stores that get a span. */
const operations: ReadonlySet<PropertyKey> = new Set([
  ...['start', 'read', 'rotate', 'end', 'endAll', 'list', 'bind', 'readSealed', 'replaceSealed'],
  ...['write', 'prepare', 'burn'],
])

/**
 * Makes a session store or replay store that does the same as the given one, with a span around each operation:
 * `session_store.rotate`, `session_store.burn` and so on. Spans of the database's own instrumentation are inside it. The span
 * contains neither the parameters nor the answer of an operation. If an operation fails, the span has `error.type`.
 *
 * @param store from `redisStore`, `postgresStore`, `memoryStore`, or a function for replay stores
 * @param options `tracer` makes the spans; default: the tracer `@latchkey/opentelemetry` of the global provider
 */
export function tracedStore<Store extends object>(store: Store, options: { readonly tracer?: Tracer } = {}): Store {
  const { tracer = trace.getTracer('@latchkey/opentelemetry') } = options
  return traced(store, tracer)
}

function traced<Part extends object>(part: Part, tracer: Tracer): Part {
  return new Proxy(part, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name)
      if (typeof member === 'function') {
        // Called on the part itself, because a proxy does not have its private fields.
        const call = (...args: unknown[]): unknown => Reflect.apply(member, target, args)
        if (!operations.has(name)) return (...args: unknown[]) => tracedPart(call(...args), tracer)
        return (...args: unknown[]) => inSpan(tracer, `session_store.${String(name)}`, () => call(...args))
      }
      return tracedPart(member, tracer)
    },
  })
}

/** Traces a part of a store that has operations of its own: the sessions of an issuer, or the key store. */
function tracedPart(member: unknown, tracer: Tracer): unknown {
  const isPart = typeof member === 'object' && member !== null && [...operations].some((name) => name in member)
  return isPart ? traced(member, tracer) : member
}

/** Runs an operation in a span. It may answer without a promise, as the replay store in memory does. */
function inSpan(tracer: Tracer, name: string, operation: () => unknown): unknown {
  return tracer.startActiveSpan(name, (span) => {
    const failed = (thrown: unknown): never => {
      noteFailure(span, thrown)
      span.end()
      throw thrown
    }
    let answer: unknown
    try {
      answer = operation()
    } catch (thrown) {
      return failed(thrown)
    }
    if (!(typeof answer === 'object' && answer !== null && 'then' in answer)) {
      span.end()
      return answer
    }
    return Promise.resolve(answer).then((value) => {
      span.end()
      return value
    }, failed)
  })
}
