import { type Attributes, type Meter, metrics } from '@opentelemetry/api'
import { names } from './names.js'

/** The part of a verifier that is observed. */
export interface ObservedVerifier {
  /** Gives the verifier's counters since it was made. */
  stats(): {
    readonly allowed: number
    readonly denied: { readonly [code: string]: number | undefined }
    readonly remembered: number
    readonly firstSeen: number
    readonly keyFetches: { readonly ok: number; readonly failed: number }
  }
}

/** Options of `observeVerifier`. */
export interface ObserveOptions {
  /** A name that tells several verifiers apart, as the attribute `latchkey.verifier`. Default: none. */
  readonly name?: string
  /** The meter that reports the metrics. Default: the meter `@latchkey/opentelemetry` of the global provider. */
  readonly meter?: Meter
}

/**
 * Reports a verifier's counters as metrics. It reads them when metrics are collected, so requests cost nothing more.
 *
 * @returns a function that stops reporting
 */
export function observeVerifier(verifier: ObservedVerifier, options: ObserveOptions = {}): () => void {
  const meter = options.meter ?? metrics.getMeter('@latchkey/opentelemetry')
  const always: Attributes = options.name === undefined ? {} : { [names.verifier]: options.name }
  const counter = (name: string, unit: string, description: string) =>
    meter.createObservableCounter(name, { unit, description })
  const allowed = counter(names.allowed, '{request}', 'Requests with an identity that passed a guard.')
  const denied = counter(names.denied, '{request}', 'Requests that a guard refused.')
  const tokens = counter(names.tokens, '{token}', 'Tokens that verification found good.')
  const keyFetches = counter(names.keyFetches, '{fetch}', 'Fetches of key sets.')
  const observables = [allowed, denied, tokens, keyFetches]

  const observe: Parameters<Meter['addBatchObservableCallback']>[0] = (result) => {
    const stats = verifier.stats()
    result.observe(allowed, stats.allowed, always)
    for (const [code, count] of Object.entries(stats.denied)) {
      if (count !== undefined) result.observe(denied, count, { ...always, [names.code]: code })
    }
    result.observe(tokens, stats.remembered, { ...always, [names.remembered]: true })
    result.observe(tokens, stats.firstSeen, { ...always, [names.remembered]: false })
    result.observe(keyFetches, stats.keyFetches.ok, { ...always, [names.outcome]: 'ok' })
    result.observe(keyFetches, stats.keyFetches.failed, { ...always, [names.outcome]: 'failed' })
  }
  meter.addBatchObservableCallback(observe, observables)
  return () => meter.removeBatchObservableCallback(observe, observables)
}
