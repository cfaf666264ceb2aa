import { createVerifier } from '@latchkey/core'
import type { RequestView } from '@latchkey/core/adapter'
import { createIntrospection } from '@latchkey/introspection'
import { tracedFetch, tracedStore } from '@latchkey/opentelemetry'
import { createKeyring, createSessions, memoryStore } from '@latchkey/session'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { expect, test } from 'vitest'
import { machineToken } from './client.js'
import { api, opaqueApi, startProvider } from './provider.js'

const secret = 'a secret between the API and its provider'

function createTracer() {
  const exporter = new InMemorySpanExporter()
  const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer('test')
  /** Gives the spans that have ended since the last call, after checking that they show none of the secrets. */
  const spans = (...secrets: readonly string[]) => {
    const finished = exporter.getFinishedSpans()
    exporter.reset()
    const shown = JSON.stringify(
      finished.map(({ name, attributes, events, status }) => [name, attributes, events, status]),
    )
    expect(secrets.filter((each) => shown.includes(each))).toEqual([])
    return finished
  }
  return { tracer, spans }
}

test('a provider is asked for keys and about tokens in spans, which show no token and no secret', async () => {
  const client = {
    client_id: 'api-traced',
    client_secret: secret,
    grant_types: [],
    redirect_uris: [],
    response_types: [],
  }
  const provider = await startProvider({ clients: [client] })
  const { issuer } = provider
  const { tracer, spans } = createTracer()
  const fetch = tracedFetch({ tracer })
  const introspection = createIntrospection({ clientId: 'api-traced', clientSecret: secret, fetch, cacheFor: 0 })
  const verifier = createVerifier({ issuer, audience: [api, opaqueApi], introspection, fetch })
  const jwt = await machineToken(issuer, { resource: api })
  const opaque = await machineToken(issuer, { resource: opaqueApi })
  const basic = Buffer.from(`api-traced:${secret}`).toString('base64')
  const shown = () =>
    spans(jwt, opaque, secret, encodeURIComponent(secret), basic).map(({ name, attributes, status }) => {
      const { 'url.full': url, 'http.response.status_code': answered, 'error.type': failed } = attributes
      return [name, String(url).replace(issuer, ''), answered ?? failed, status.code]
    })

  await verifier.verify(jwt)
  expect(shown()).toEqual([
    ['GET', '/.well-known/openid-configuration', 200, 0],
    ['GET', '/jwks', 200, 0],
  ])
  await verifier.verify(opaque)
  await verifier.verify(opaque)
  expect(shown()).toEqual([
    ['GET', '/.well-known/openid-configuration', 200, 0],
    ['POST', '/token/introspection', 200, 0],
    ['POST', '/token/introspection', 200, 0],
  ])
  await provider.stop()
  await expect(verifier.verify(opaque)).rejects.toMatchObject({ code: 'keys_unavailable' })
  expect(shown()).toEqual([['POST', '/token/introspection', 'TypeError', 2]])
})

test('a session goes through its store in spans, which show nothing of it', async () => {
  const { tracer, spans } = createTracer()
  const sessions = createSessions({
    issuer: 'https://app.example',
    audience: 'https://app.example',
    keyring: await createKeyring(),
    store: tracedStore(memoryStore(), { tracer }),
  })
  const view = (cookie?: string): RequestView => ({
    method: 'POST',
    header: (name) => (name === 'cookie' ? cookie : undefined),
    url: () => 'https://app.example/session',
  })
  const started = await sessions.start(view(), { sub: 'alice' })
  const [access, refresh] = started.cookies.map(({ value }) => value)
  const refreshed = await sessions.refresh(view(`__Host-refresh=${refresh}`))
  const [, next] = refreshed.cookies.map(({ value }) => value)
  await sessions.end(view(`__Host-refresh=${next}`))
  const names = spans(String(access), String(refresh), String(next), 'alice').map(({ name }) => name)
  expect(names).toEqual(['start', 'read', 'rotate', 'read', 'end'].map((each) => `session_store.${each}`))
})
