import { signCompact } from '@latchkey/testing'
import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { audience, clock, createIssuer, goodClaims, segmentsOf, staticOptions } from './harness/issuer.js'

// The oldest one: the token says of itself that it need not be signed (RFC 8725 §2.1).

const spellings = [
  'none',
  'None',
  'NONE',
  'nOnE',
  ' none',
  'none ',
  'none\u0000',
  '',
  null,
  undefined,
  false,
  [],
  ['none'],
]

describe.each([
  ['public keys', createIssuer({ algorithms: ['RS256'] })],
  ['a secret', createIssuer({ algorithms: ['HS256'] })],
])('alg none, against %s', (_keys, issuer) => {
  const { secret } = issuer
  const api = useApi(secret === undefined ? staticOptions(issuer) : { issuer: issuer.url, audience, secret, clock })

  it('a good token is accepted', async () => {
    expect((await api.bearer(issuer.token())).code).toBe('accepted')
  })

  it.each(spellings)('alg %j without a signature is refused', async (alg) => {
    const token = signCompact({ alg, typ: 'JWT' }, goodClaims(issuer, { sub: 'eve' }))
    expect(await api.bearer(token)).toEqual({ code: 'token_malformed', reason: 'token_malformed' })
    expect(await api.cookie(token)).toEqual({ code: 'token_malformed', reason: 'token_malformed' })
  })

  it.each(spellings)('alg %j with the signature of a good token is refused', async (alg) => {
    const [, , signature] = segmentsOf(issuer.token())
    const token = `${signCompact({ alg, typ: 'JWT' }, goodClaims(issuer, { sub: 'eve' }))}${signature}`
    expect(await api.bearer(token)).toEqual({ code: 'token_rejected', reason: 'alg_not_allowed' })
  })

  it.each(spellings)('alg %j is refused though the issuer itself signed it', async (alg) => {
    const token = issuer.token({ header: { alg } })
    expect(await api.bearer(token)).toEqual({ code: 'token_rejected', reason: 'alg_not_allowed' })
  })
})
