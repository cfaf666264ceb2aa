import { expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { createIssuer, encode, goodClaims, segmentsOf, staticOptions } from './harness/issuer.js'

// The signature is taken away, swapped or cut, and the claims are changed.

const issuer = createIssuer()
const api = useApi(staticOptions(issuer))
const [header, claims, signature] = segmentsOf(issuer.token())
const evilClaims = encode(goodClaims(issuer, { sub: 'eve' }))
const malformed = { code: 'token_malformed', reason: 'token_malformed' }
const invalid = { code: 'token_rejected', reason: 'signature_invalid' }

it('the token as it was is accepted', async () => {
  expect((await api.bearer(`${header}.${claims}.${signature}`)).seen?.sub).toBe('ada')
})

it.each([
  ['taken away', `${header}.${claims}.`],
  ['taken away with its dot', `${header}.${claims}`],
  ['taken away, from changed claims', `${header}.${evilClaims}.`],
  ['put in front', `${signature}.${header}.${claims}`],
  ['followed by another', `${header}.${claims}.${signature}.${signature}`],
  ['preceded by an empty segment', `${header}.${claims}..${signature}`],
  ['cut by a character', `${header}.${claims}.${signature.slice(0, -1)}`],
])('a signature that is %s', async (_how, token) => {
  expect(await api.bearer(token)).toEqual(malformed)
  expect(await api.cookie(token)).toEqual(malformed)
})

it.each([
  ['of other claims', `${header}.${evilClaims}.${signature}`],
  ['of another token', `${header}.${claims}.${segmentsOf(issuer.token({ claims: { sub: 'eve' } }))[2]}`],
  ['of claims and header exchanged', `${header}.${claims}.${issuer.key().sign(`${claims}.${header}`)}`],
  ['of the claims alone', `${header}.${claims}.${issuer.key().sign(claims)}`],
  ['of the decoded text', `${header}.${claims}.${issuer.key().sign(Buffer.from(claims, 'base64url').toString())}`],
  ['cut by a byte', `${header}.${claims}.${encode(Buffer.from(signature, 'base64url').subarray(1))}`],
  ['of zeros', `${header}.${claims}.${encode(Buffer.alloc(64))}`],
  ['of one byte', `${header}.${claims}.AA`],
])('a signature %s', async (_how, token) => {
  expect(await api.bearer(token)).toEqual(invalid)
  expect(await api.cookie(token)).toEqual(invalid)
})

it('the JSON serialization is no token (RFC 7515 §7.2)', async () => {
  const flattened = JSON.stringify({ protected: header, payload: claims, signature })
  expect(await api.bearer(flattened)).toEqual({ code: 'request_malformed', reason: 'request_malformed' })
  expect(await api.cookie(flattened)).toEqual(malformed)
  expect(await api.cookie(encodeURIComponent(flattened))).toEqual(malformed)
})
