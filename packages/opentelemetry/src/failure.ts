import { type Span, SpanStatusCode } from '@opentelemetry/api'

/** Marks a span as failed, with the error's name as `error.type`. Its message stays out: it may hold anything. */
export function noteFailure(span: Span, thrown: unknown): void {
  span.setAttribute('error.type', nameOf(thrown))
  span.setStatus({ code: SpanStatusCode.ERROR })
}

/** As the conventions have `error.type`; errors of another realm have a name too. */
function nameOf(thrown: unknown): string {
  const isNamed = typeof thrown === 'object' && thrown !== null && 'name' in thrown && typeof thrown.name === 'string'
  return isNamed ? String(thrown.name) : 'unknown'
}
