import { once } from 'node:events'
import http2 from 'node:http2'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { createVerifier } from '@latchkey/core'
import { type FastifyRequest, fastify } from 'fastify'
import { describe, expect, test } from 'vitest'
import { FastifyRequestView } from './fastify-request-view.js'
import { fastifyAuth } from './index.js'

/** What the view makes of the fields that authentication looks at. */
function seen(request: FastifyRequest) {
  const view = new FastifyRequestView(request)
  return {
    method: view.method,
    url: view.url(),
    authorization: view.header('authorization'),
    cookie: view.header('cookie'),
    origin: view.header('origin'),
  }
}

/** Sends bytes over a socket and gives the JSON body of the answer. */
async function sendRaw(port: number, ...lines: string[]): Promise<unknown> {
  const socket = connect(port, '127.0.0.1')
  socket.end(`${lines.join('\r\n')}\r\n\r\n`)
  const answer = await text(socket)
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))
}

async function listen(trustProxy: boolean | string) {
  const app = fastify({ trustProxy })
  app.get('/seen', async (request) => seen(request))
  app.post('/seen', async (request) => seen(request))
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { app, port: (app.server.address() as AddressInfo).port }
}

describe('over HTTP/1.1', () => {
  test('combines fields that Node keeps apart or drops', async () => {
    const { app, port } = await listen(false)
    const answer = await sendRaw(
      port,
      'POST /seen?x=1 HTTP/1.1',
      'Host: api.example:8080',
      'Connection: close',
      'Content-Length: 0',
      'Authorization: Basic a',
      'AUTHORIZATION: Bearer b',
      'Cookie: a=1',
      'Cookie: b=2',
      'Origin: https://a.example',
      'Origin: https://b.example',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: evil.example',
    )
    await app.close()
    expect(answer).toEqual({
      method: 'POST',
      url: 'http://api.example:8080/seen?x=1',
      authorization: 'Basic a, Bearer b',
      cookie: 'a=1; b=2',
      origin: 'https://a.example, https://b.example',
    })
  })

  test('follows forwarded fields where Fastify was told to trust the proxy', async () => {
    const { app, port } = await listen('127.0.0.1')
    const forwarded = ['X-Forwarded-Proto: https', 'X-Forwarded-Host: app.example']
    const answer = await sendRaw(port, 'GET /seen HTTP/1.1', 'Host: inner', 'Connection: close', ...forwarded)
    await app.close()
    expect(answer).toMatchObject({ url: 'https://app.example/seen' })
  })

  test('survives a Host that is none', async () => {
    const { app, port } = await listen(false)
    const junk = await sendRaw(port, 'GET /seen HTTP/1.1', 'Host: <a b>', 'Connection: close')
    const absent = await sendRaw(port, 'GET /seen HTTP/1.0')
    await app.close()
    expect(junk).toMatchObject({ url: '/seen' })
    expect(absent).toMatchObject({ url: '/seen' })
  })
})

test('works with app.inject', async () => {
  const app = fastify()
  app.get('/seen', async (request) => seen(request))
  const response = await app.inject({ url: '/seen', headers: { Authorization: 'Bearer a' } })
  expect(response.json()).toMatchObject({ url: 'http://localhost:80/seen', authorization: 'Bearer a' })
})

test('guards an app on HTTP/2, where the authority stands for the Host', async () => {
  const verifier = createVerifier({ issuer: 'https://id.example', audience: null, secret: 's'.repeat(32) })
  const { plugin, requireAuth, getOptionalAuth, optionalAuth } = fastifyAuth({ verifier })
  const app = fastify({ http2: true })
  await app.register(plugin)
  app.get('/me', { onRequest: requireAuth() }, async () => 'never')
  app.get('/open', { onRequest: optionalAuth() }, async (request) => ({
    url: new FastifyRequestView(request).url(),
    auth: getOptionalAuth(request),
  }))
  const client = http2.connect(await app.listen({ port: 0, host: '127.0.0.1' }))
  async function get(path: string) {
    const stream = client.request({ ':path': path, ':authority': 'api.example' })
    const [headers] = await once(stream, 'response')
    return { status: headers[':status'], body: await text(stream) }
  }
  expect(await get('/me')).toMatchObject({ status: 401, body: expect.stringContaining('token_missing') })
  expect(await get('/open')).toEqual({ status: 200, body: '{"url":"http://api.example/open","auth":null}' })
  client.close()
  await app.close()
})

test('takes the parsed fields where a serverless shim gives no raw ones', async () => {
  const app = fastify()
  app.addHook('onRequest', (request, _reply, done) => {
    request.raw.rawHeaders = []
    done()
  })
  app.get('/seen', async (request) => seen(request))
  const response = await app.inject({ url: '/seen', headers: { authorization: 'Bearer a', cookie: 'b=1' } })
  expect(response.json()).toMatchObject({ authorization: 'Bearer a', cookie: 'b=1' })
  expect(response.json()).not.toHaveProperty('origin')
})
