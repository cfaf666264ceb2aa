import { createTestIssuer, createTestKey, faults, fetchFrom } from '@latchkey/testing'
import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { audience, clock } from './harness/issuer.js'

// Two issuers are trusted, each for its own users; one of them turns on the other (RFC 8725 §3.8).

const kid = 'signing-key-1'
const a = createTestIssuer({ url: 'https://a.example', keys: [createTestKey('ES256', { kid })], audience, clock })
const b = createTestIssuer({ url: 'https://b.example', keys: [createTestKey('ES256', { kid })], audience, clock })
const c = createTestIssuer({ url: 'https://c.example', algorithms: ['HS256'], audience, clock })
const { secret = new Uint8Array() } = c

const invalid = { code: 'token_rejected', reason: 'signature_invalid' }

describe.each([
  [
    'configured keys',
    {
      issuers: [
        { issuer: a.url, audience, jwks: a.jwks() },
        { issuer: b.url, audience, jwks: b.jwks() },
        { issuer: c.url, audience, secret },
      ],
      clock,
    },
  ],
  [
    'fetched keys',
    {
      issuers: [
        { issuer: a.url, audience },
        { issuer: b.url, audience },
        { issuer: c.url, audience, secret },
      ],
      fetch: fetchFrom(a, b),
      clock,
    },
  ],
])('with %s, though the kid be the same', (_keys, options) => {
  const api = useApi(options)

  it('each issuer speaks for itself', async () => {
    for (const issuer of [a, b, c]) {
      expect((await api.bearer(issuer.token())).seen?.claims).toHaveProperty('iss', issuer.url)
    }
  })

  it('none speaks for another', async () => {
    expect(await api.bearer(a.token({ key: b.key() }))).toEqual(invalid)
    expect(await api.bearer(b.token({ key: a.key() }))).toEqual(invalid)
    expect(await api.bearer(b.token({ claims: { iss: a.url } }))).toEqual(invalid)
  })

  it('the one with a secret speaks for none with a key, and the other way round', async () => {
    const confused = { code: 'token_rejected', reason: 'alg_not_allowed' }
    expect(await api.bearer(c.token({ claims: { iss: a.url } }))).toEqual(confused)
    expect(await api.bearer(a.token({ claims: { iss: c.url } }))).toEqual(confused)
  })

  it.each([
    'https://a.example/',
    'https://a.example/b',
    'https://A.example',
    'https://a.example.',
    'https://a.example:443',
    'https://a.example@evil.example',
    'https://а.example',
    'http://a.example',
    ['https://a.example'],
    ['https://a.example', 'https://b.example'],
    { iss: 'https://a.example' },
    null,
    '__proto__',
    'constructor',
  ])('nobody speaks for iss %j', async (iss) => {
    expect(await api.bearer(a.token({ claims: { iss } }))).toEqual({ code: 'token_rejected', reason: 'iss_unknown' })
  })
})

describe('when the keys of one issuer cannot be had', () => {
  const down = createTestIssuer({ url: 'https://down.example', audience, clock })
  const up = createTestIssuer({ url: 'https://up.example', audience, clock })
  down.fail(faults.down())
  const api = useApi({
    issuers: [
      { issuer: down.url, audience },
      { issuer: up.url, audience },
    ],
    fetch: fetchFrom(down, up),
    clock,
  })

  it('another’s are not taken in their place', async () => {
    expect((await api.bearer(up.token())).code).toBe('accepted')
    expect((await api.bearer(up.token({ claims: { iss: down.url } }))).code).toBe('keys_unavailable')
  })
})
