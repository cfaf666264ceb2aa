import { type Span, SpanStatusCode } from '@opentelemetry/api'

/** Marks a span as failed, with the error's name as `error.type`. It leaves out the message, which may contain anything. */
export function noteFailure(span: Span, thrown: unknown): void {
  span.setAttribute('error.type', nameOf(thrown))
  span.setStatus({ code: SpanStatusCode.ERROR })
}

/** Gives an error's name, as the conventions ask for `error.type`. It also works for errors of another realm. */
function nameOf(thrown: unknown): string {
  const isNamed = typeof thrown === 'object' && thrown !== null && 'name' in thrown && typeof thrown.name === 'string'
  return isNamed ? String(thrown.name) : 'unknown'
}
