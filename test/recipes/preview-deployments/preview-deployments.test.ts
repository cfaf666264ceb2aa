import { createTestIssuer } from '@latchkey/testing'
import { afterAll, expect, test } from 'vitest'
import { serveFetch } from '../serve.js'
import { createApp, createVerifierFor } from './app.js'

const issuer = await createTestIssuer().listen()
afterAll(() => issuer.close())
const production = 'https://api.example.com'
const url = await serveFetch(createApp(createVerifierFor(issuer.url, production)))

const cookie = (aud: string) => `__Secure-access=${issuer.token({ claims: { sub: 'alice', aud } })}`
const post = (origin: string, headers: Record<string, string> = { cookie: cookie(production) }) =>
  fetch(`${url}/posts`, { method: 'POST', headers: { origin, 'sec-fetch-site': 'same-site', ...headers } })

test.each(['https://app.example.com', 'https://pr-7.preview.example.com', 'https://pr-1234.preview.example.com'])(
  'a page of %s may post, and read the answer',
  async (origin) => {
    const response = await post(origin)
    expect(response.status).toBe(201)
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
    expect(response.headers.get('access-control-allow-credentials')).toBe('true')
  },
)

test.each([
  'http://pr-7.preview.example.com',
  'https://pr-7.preview.example.com.evil.example',
  'https://evil.example/https://pr-7.preview.example.com',
  'https://pr-7-evil.preview.example.com',
  'https://pr-7.preview.example.com:8443',
  'https://pr-7xpreview.example.com',
  'https://preview.example.com',
  'null',
])('a page of %s may not', async (origin) => {
  const response = await post(origin)
  expect(await response.json()).toMatchObject({ status: 403, code: 'origin_rejected' })
  expect(response.headers.has('access-control-allow-origin')).toBe(false)
})

test('a preflight needs no token', async () => {
  const headers = { origin: 'https://pr-7.preview.example.com', 'access-control-request-method': 'POST' }
  const response = await fetch(`${url}/posts`, { method: 'OPTIONS', headers })
  expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([204, headers.origin])
})

test('a token of a preview is none in production, and a page can read why', async () => {
  const response = await post('https://app.example.com', { cookie: cookie('https://preview.example.com') })
  expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example.com')
  expect(await response.json()).toMatchObject({ status: 401, code: 'token_rejected' })
})
