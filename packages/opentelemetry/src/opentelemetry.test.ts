import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { expect, test } from 'vitest'
import { observeVerifier, tracedFetch, tracedStore } from './index.js'

test('a verifier is read when metrics are collected, until it is no longer observed', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const meter = new MeterProvider({ readers: [reader] }).getMeter('test')
  let reads = 0
  const stats = () => {
    reads++
    return { allowed: 5, denied: { token_expired: 2 }, remembered: 3, firstSeen: 2, keyFetches: { ok: 1, failed: 4 } }
  }
  const stop = observeVerifier({ stats }, { meter, name: 'users' })
  expect(reads).toBe(0)
  await reader.forceFlush()

  const points = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap(({ metrics }) =>
        metrics.flatMap(({ descriptor, dataPoints }) =>
          dataPoints.map(({ attributes, value }) => [descriptor.name, descriptor.unit, attributes, value]),
        ),
      ),
    )
  const name = { 'latchkey.verifier': 'users' }
  expect(points).toEqual([
    ['latchkey.requests.allowed', '{request}', name, 5],
    ['latchkey.requests.denied', '{request}', { ...name, 'latchkey.code': 'token_expired' }, 2],
    ['latchkey.tokens.verified', '{token}', { ...name, 'latchkey.remembered': true }, 3],
    ['latchkey.tokens.verified', '{token}', { ...name, 'latchkey.remembered': false }, 2],
    ['latchkey.key_fetches', '{fetch}', { ...name, 'latchkey.outcome': 'ok' }, 1],
    ['latchkey.key_fetches', '{fetch}', { ...name, 'latchkey.outcome': 'failed' }, 4],
  ])
  stop()
  await reader.forceFlush()
  expect(reads).toBe(1)
})

test('a fetch has its span, without the query, whatever becomes of it', async () => {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  const tracer = provider.getTracer('test')
  const answer = (fetch: typeof globalThis.fetch) =>
    tracedFetch({ tracer, fetch })('https://id.example/jwks?key=secret')
  await answer(async () => new Response('{}'))
  await answer(async () => new Response('', { status: 503 }))
  const down = async () => {
    throw new TypeError('fetch failed')
  }
  await expect(answer(down)).rejects.toThrow('fetch failed')

  const common = { 'http.request.method': 'GET', 'url.full': 'https://id.example/jwks', 'server.address': 'id.example' }
  expect(exporter.getFinishedSpans().map(({ name, status, attributes }) => [name, status.code, attributes])).toEqual([
    ['GET', 0, { ...common, 'http.response.status_code': 200 }],
    ['GET', 2, { ...common, 'http.response.status_code': 503 }],
    ['GET', 2, { ...common, 'error.type': 'TypeError' }],
  ])
})

test('a store does what it did, each operation in a span that holds nothing of it, whatever becomes of it', async () => {
  const exporter = new InMemorySpanExporter()
  const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer('test')
  class Families {
    readonly #sub = 'somebody'
    readonly revocations = { watch: async () => this.#sub }
    async read(id: string): Promise<string> {
      return `${id} of ${this.#sub}`
    }
    async rotate(): Promise<never> {
      throw new RangeError('secret')
    }
  }
  const store = tracedStore(
    { familiesOf: () => new Families(), keys: { read: async () => null }, other: 1 },
    { tracer },
  )
  const families = store.familiesOf()
  expect(await families.read('a')).toBe('a of somebody')
  await expect(families.rotate()).rejects.toThrow('secret')
  expect(await families.revocations.watch()).toBe('somebody')
  expect(await store.keys.read()).toBeNull()
  expect(store.other).toBe(1)
  const replays = { burn: (id: string): boolean => (id === 'full' ? fail() : id === 'a') }
  const fail = (): never => {
    throw new Error('full')
  }
  expect(tracedStore(replays, { tracer }).burn('a')).toBe(true)
  expect(() => tracedStore(replays, { tracer }).burn('full')).toThrow('full')

  expect(exporter.getFinishedSpans().map(({ name, status, attributes }) => [name, status.code, attributes])).toEqual([
    ['session_store.read', 0, {}],
    ['session_store.rotate', 2, { 'error.type': 'RangeError' }],
    ['session_store.read', 0, {}],
    ['session_store.burn', 0, {}],
    ['session_store.burn', 2, { 'error.type': 'Error' }],
  ])
})
