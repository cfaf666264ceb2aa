import { type Tracer, trace } from '@opentelemetry/api'
import { noteFailure } from './failure.js'

/** The operations of a session store, its keyring's place and a replay store that have a span each. */
const operations: ReadonlySet<PropertyKey> = new Set([
  ...['start', 'read', 'rotate', 'end', 'endAll', 'list', 'bind', 'readSealed', 'replaceSealed'],
  ...['write', 'prepare', 'burn'],
])

/**
 * A session store or replay store that does what the given one does, with a span around each operation, called
 * `session_store.rotate`, `session_store.burn` and so on; spans of the database's own instrumentation stand within it. What an
 * operation is given and what it answers stay out of the span. One that fails has `error.type`.
 *
 * @param store what `redisStore`, `postgresStore`, `memoryStore` or their replay stores give
 * @param options `tracer`: default the tracer `@latchkey/opentelemetry` of the global provider
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
        // Called on the part itself, whose private fields a proxy does not have.
        const call = (...args: unknown[]): unknown => Reflect.apply(member, target, args)
        if (!operations.has(name)) return (...args: unknown[]) => tracedPart(call(...args), tracer)
        return (...args: unknown[]) => inSpan(tracer, `session_store.${String(name)}`, () => call(...args))
      }
      return tracedPart(member, tracer)
    },
  })
}

/** The sessions of an issuer, the keyring's place: parts of a store that have operations of their own. */
function tracedPart(member: unknown, tracer: Tracer): unknown {
  const isPart = typeof member === 'object' && member !== null && [...operations].some((name) => name in member)
  return isPart ? traced(member, tracer) : member
}

/** An operation may answer at once, as memory's replay store does. */
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
