import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import express from 'express'
import { expect, test } from 'vitest'
import { ExpressRequestView } from './express-request-view.js'

/** Sends a request's head over a socket to an app that answers with what the view makes of it. */
async function seen(trustProxy: boolean | string, ...lines: string[]): Promise<unknown> {
  const app = express().set('trust proxy', trustProxy)
  app.use('/mounted', (req, res) => {
    const view = new ExpressRequestView(req)
    const fields = ['authorization', 'cookie', 'origin'].map((name) => [name, view.header(name)])
    res.json({ method: view.method, url: view.url(), ...Object.fromEntries(fields) })
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.end(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`)
  const answer = await text(socket)
  server.close()
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))
}

test('combines fields that Node keeps apart or drops', async () => {
  const answer = await seen(
    false,
    'POST /mounted/seen?x=1 HTTP/1.1',
    'Host: api.example:8080',
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
  expect(answer).toEqual({
    method: 'POST',
    url: 'http://api.example:8080/mounted/seen?x=1',
    authorization: 'Basic a, Bearer b',
    cookie: 'a=1; b=2',
    origin: 'https://a.example, https://b.example',
  })
})

test('follows forwarded fields where Express was told to trust the proxy', async () => {
  const forwarded = ['X-Forwarded-Proto: https', 'X-Forwarded-Host: app.example']
  const answer = await seen('loopback', 'GET /mounted HTTP/1.1', 'Host: inner', ...forwarded)
  expect(answer).toMatchObject({ url: 'https://app.example/mounted' })
})

test('survives a Host that is none', async () => {
  expect(await seen(false, 'GET /mounted HTTP/1.1', 'Host: <a b>')).toMatchObject({ url: '/mounted' })
  expect(await seen(false, 'GET /mounted HTTP/1.0')).toMatchObject({ url: '/mounted' })
})

test('takes the parsed fields where a serverless shim gives no raw ones', async () => {
  const app = express()
  app.use((req, _res, next) => {
    req.rawHeaders = []
    next()
  })
  app.get('/seen', (req, res) => {
    const view = new ExpressRequestView(req)
    res.json([view.header('authorization'), view.header('cookie'), view.header('origin') ?? null])
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}/seen`, {
    headers: { authorization: 'Bearer a', cookie: 'b=1' },
  })
  server.close()
  expect(await response.json()).toEqual(['Bearer a', 'b=1', null])
})
