import { createTestIssuer, createTestKey } from '@latchkey/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { audience, clock, createIssuer, staticOptions } from './harness/issuer.js'

// The token says where its key is to be fetched from (RFC 7515 §4.1.2, §4.1.5): forgery, and requests from inside.

const issuer = createIssuer()
const evilKey = createTestKey('ES256', { kid: 'evil' })
const evil = createTestIssuer({ keys: [evilKey], audience, clock })

beforeAll(async () => {
  await evil.listen()
})
afterAll(() => evil.close())

describe.each([
  ['configured keys', staticOptions(issuer), 'key_not_found'],
  // A fetch that reaches everything on this machine: had a header been followed, the request would arrive.
  [
    'fetched keys',
    {
      issuer: issuer.url,
      audience,
      clock,
      fetch: ((input, init) =>
        String(input).startsWith(issuer.url) ? issuer.fetch(input, init) : fetch(input, init)) as typeof fetch,
    },
    'key_not_found',
  ],
])('a URL in the header, against %s', (_keys, options, reason) => {
  const api = useApi(options)

  it.each(['jku', 'x5u', 'iss', 'jwks_uri'])('%s is not followed', async (member) => {
    const token = issuer.token({ key: evilKey, claims: { sub: 'eve' }, header: { [member]: evil.jwksUri } })
    expect(await api.bearer(token)).toEqual({ code: 'token_rejected', reason })
    expect(evil.jwksEndpoint.requests).toHaveLength(0)
  })

  it('nor is a kid that is a URL', async () => {
    const token = issuer.token({ key: evilKey, claims: { sub: 'eve' }, header: { kid: evil.jwksUri } })
    expect(await api.bearer(token)).toEqual({ code: 'token_rejected', reason })
    expect(evil.jwksEndpoint.requests).toHaveLength(0)
  })

  it('nor an iss that nobody configured', async () => {
    expect(await api.bearer(evil.token())).toEqual({ code: 'token_rejected', reason: 'iss_unknown' })
    expect(evil.jwksEndpoint.requests).toHaveLength(0)
    expect(evil.metadataEndpoint.requests).toHaveLength(0)
  })

  it('in a token that the real key signed it changes nothing', async () => {
    expect((await api.bearer(issuer.token({ header: { jku: evil.jwksUri, x5u: evil.jwksUri } }))).code).toBe('accepted')
    expect(evil.jwksEndpoint.requests).toHaveLength(0)
  })
})

it('the evil endpoint would have answered', async () => {
  const response = await fetch(evil.jwksUri)
  expect(await response.json()).toHaveProperty('keys.0.kid', 'evil')
  expect(evil.jwksEndpoint.requests).toHaveLength(1)
})
