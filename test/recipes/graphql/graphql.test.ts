import { createVerifier } from '@latchkey/core'
import { createTestIssuer } from '@latchkey/testing'
import { expect, test } from 'vitest'
import { serveFetch } from '../serve.js'
import { createApp } from './app.js'

const issuer = createTestIssuer()
const verifier = createVerifier({
  issuer: issuer.url,
  audience: issuer.audience,
  fetch: issuer.fetch,
  tokenFrom: ['header', { cookie: 'access' }],
})
const url = `${await serveFetch(createApp(verifier))}/graphql`

const tokenOf = (scope: string) => issuer.token({ claims: { sub: 'alice', scope } })
const alice = { authorization: `Bearer ${tokenOf('posts:read')}` }
const author = { authorization: `Bearer ${tokenOf('posts:write')}` }

const post = (query: string, headers: Record<string, string>) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  })
const ask = async (query: string, headers: Record<string, string> = {}) => (await post(query, headers)).json()

test('each caller gets what is his', async () => {
  expect(await ask('{ greeting }')).toEqual({ data: { greeting: 'Hello, stranger' } })
  expect(await ask('{ greeting me }', alice)).toEqual({ data: { greeting: 'Hello, alice', me: 'alice' } })
  expect(await ask('mutation { publish }', author)).toEqual({ data: { publish: 'by alice' } })
})

test('a field that nobody may see is null, and the rest of the answer is there', async () => {
  expect(await ask('{ greeting me }')).toMatchObject({
    data: { greeting: 'Hello, stranger', me: null },
    errors: [{ path: ['me'], extensions: { code: 'UNAUTHENTICATED' } }],
  })
})

test('somebody with too little is told so', async () => {
  expect(await ask('mutation { publish }', alice)).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] })
  expect(await ask('mutation { publish }')).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
})

test('a bad token is refused before GraphQL, also where none is needed', async () => {
  const response = await post('{ greeting }', { authorization: `Bearer ${issuer.badToken('expired').token}` })
  expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
  expect(await response.json()).toMatchObject({ status: 401, code: 'token_expired' })
})

test("another site's page cannot change anything with the user's cookie", async () => {
  const cookie = `access=${tokenOf('posts:write')}`
  const origin = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  expect(await ask('mutation { publish }', { cookie, ...origin })).toMatchObject({ code: 'origin_rejected' })
  // By a link, which carries the cookie and is not checked, only what reads.
  const byLink = (query: string) =>
    fetch(`${url}?query=${encodeURIComponent(query)}`, { headers: { cookie, ...origin, accept: 'application/json' } })
  expect(await (await byLink('{ me }')).json()).toEqual({ data: { me: 'alice' } })
  expect((await byLink('mutation { publish }')).status).toBe(405)
})
