import { createTestKey } from '@latchkey/testing'
import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { audience, clock, createIssuer, staticOptions } from './harness/issuer.js'

// The token brings the key along that it is to be verified with (CVE-2018-0114; RFC 7515 §4.1.3, §4.1.6).

const issuer = createIssuer()
const evil = createTestKey('ES256', { kid: issuer.key().kid ?? null })

describe.each([
  ['configured keys', staticOptions(issuer)],
  ['fetched keys', { issuer: issuer.url, audience, fetch: issuer.fetch, clock }],
])('a key in the header, against %s', (_keys, options) => {
  const api = useApi(options)

  it.each([
    ['under the kid of the real key', { jwk: evil.publicJwk }, 'signature_invalid'],
    ['under a kid of its own', { jwk: { ...evil.publicJwk, kid: 'evil' }, kid: 'evil' }, 'key_not_found'],
    ['without a kid', { jwk: evil.publicJwk, kid: undefined }, 'signature_invalid'],
    ['with its private part', { jwk: evil.privateJwk }, 'signature_invalid'],
    ['as a certificate', { x5c: ['MIIB'], x5t: 'AAAA', 'x5t#S256': 'AAAA' }, 'signature_invalid'],
    ['as a set', { jwks: { keys: [evil.publicJwk] } }, 'signature_invalid'],
  ])('is not used %s', async (_how, header, reason) => {
    const token = issuer.token({ key: evil, claims: { sub: 'eve' }, header })
    expect(await api.bearer(token)).toEqual({ code: 'token_rejected', reason })
  })

  it('is not looked at in a token that the real key signed', async () => {
    for (const jwk of [evil.publicJwk, null, 5, 'jwk', []]) {
      expect((await api.bearer(issuer.token({ header: { jwk } }))).code).toBe('accepted')
    }
  })
})
