import { createVerifier } from '@latchkey/core'
import { createTestIssuer } from '@latchkey/testing'
import { afterEach, expect, test, vi } from 'vitest'
import { serveNode } from '../serve.js'
import { createApp } from './app.js'

const issuer = createTestIssuer()
const trusted = { issuer: issuer.url, audience: issuer.audience }
const url = await serveNode(createApp(createVerifier({ ...trusted, fetch: issuer.fetch })))
const down = async (): Promise<Response> => {
  throw new Error('unreachable')
}
const urlOfOutage = await serveNode(createApp(createVerifier({ ...trusted, fetch: down })))

const log = vi.spyOn(console, 'warn').mockReturnValue()
afterEach(() => log.mockClear())

const bearer = { authorization: `Bearer ${issuer.token()}` }

test.each([
  ['no token', '/me', {}, 401, 'token_missing', 'Bearer'],
  ['a bad one', '/me', { authorization: 'Bearer a.b.c' }, 401, 'token_malformed', 'Bearer error="invalid_token"'],
  ['too little', '/admin', bearer, 403, 'scope_insufficient', 'Bearer error="insufficient_scope", scope="admin"'],
])('%s is a problem of this API, with its challenge', async (_what, path, headers, status, code, challenge) => {
  const response = await fetch(`${url}${path}`, { headers })
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(response.headers.get('www-authenticate')).toBe(challenge)
  const body = (await response.json()) as { instance: string }
  expect(body).toEqual({
    type: `https://api.example/problems/${code}`,
    title: expect.any(String),
    status,
    instance: expect.stringMatching(/^urn:uuid:/),
  })
  expect(log).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(`"instance":"${body.instance}","code":"${code}"`))
})

test('an outage still says when to come back', async () => {
  const response = await fetch(`${urlOfOutage}/me`, { headers: bearer })
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
  expect(await response.json()).toMatchObject({ type: 'https://api.example/problems/keys_unavailable' })
})

test('problems of guards look like those of the app; who is let in sees none', async () => {
  const response = await fetch(`${url}/nowhere`)
  expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
  expect(await response.json()).toMatchObject({ type: 'https://api.example/problems/not_found', status: 404 })
  expect(await (await fetch(`${url}/me`, { headers: bearer })).json()).toEqual({ sub: 'user-1' })
})
