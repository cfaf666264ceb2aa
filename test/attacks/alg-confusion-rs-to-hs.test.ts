import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto'
import type { Algorithm } from '@latchkey/core'
import { createTestIssuer, createTestKey } from '@latchkey/testing'
import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { audience, clock, createIssuer, encode, goodClaims, staticOptions } from './harness/issuer.js'

// A public key is public: whoever takes its text for an HMAC secret lets everybody sign (RFC 8725 §2.1).

const hashes = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' } as const
const issuer = createIssuer({ algorithms: ['RS256'] })
const jwk = issuer.key().publicJwk as JsonWebKey
const publicKey = createPublicKey({ key: jwk, format: 'jwk' })
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()

/** Everything that the public key could be mistaken for, as bytes of a secret. */
const guesses: Record<string, string | Buffer> = {
  PEM: pem,
  'PEM without its last line end': pem.trimEnd(),
  'PEM with CRLF': pem.replaceAll('\n', '\r\n'),
  'PKCS#1 PEM': publicKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  DER: publicKey.export({ type: 'spki', format: 'der' }),
  'the base64 of DER': publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  'the JWK': JSON.stringify(jwk),
  'the JWK Set': JSON.stringify(issuer.jwks()),
  'the modulus': Buffer.from(String(jwk.n), 'base64url'),
  'the modulus as text': String(jwk.n),
  nothing: '',
}

function forge(alg: keyof typeof hashes, secret: string | Buffer, header: object = {}): string {
  const input = `${encode({ alg, kid: jwk['kid'], typ: 'JWT', ...header })}.${encode(goodClaims(issuer, { sub: 'eve' }))}`
  return `${input}.${createHmac(hashes[alg], secret).update(input).digest('base64url')}`
}

describe.each([
  ['JWKS', staticOptions(issuer)],
  ['PEM', { issuer: issuer.url, audience, publicKeys: pem, clock }],
  ['a fetched JWKS', { issuer: issuer.url, audience, fetch: issuer.fetch, clock }],
])('an HMAC with the public key, against %s', (_keys, options) => {
  const api = useApi(options)

  it('a good token is accepted', async () => {
    expect((await api.bearer(issuer.token())).code).toBe('accepted')
  })

  it.each(Object.keys(guesses))('is refused, taken for a secret as %s', async (guess) => {
    for (const alg of ['HS256', 'HS384', 'HS512'] as const) {
      const refused = { code: 'token_rejected', reason: 'alg_not_allowed' }
      expect(await api.bearer(forge(alg, guesses[guess] ?? ''))).toEqual(refused)
      expect(await api.bearer(forge(alg, guesses[guess] ?? '', { kid: undefined }))).toEqual(refused)
    }
  })

  it('is refused where the header says RS256', async () => {
    expect(await api.bearer(forge('HS256', pem, { alg: 'RS256' }))).toEqual({
      code: 'token_rejected',
      reason: 'signature_invalid',
    })
  })
})

describe('the other way round: a signature, against a secret', () => {
  const secretIssuer = createIssuer({ algorithms: ['HS256'] })
  const { secret = new Uint8Array() } = secretIssuer
  const api = useApi({ issuer: secretIssuer.url, audience, secret, clock })

  it.each<Algorithm>(['RS256', 'PS256', 'ES256', 'EdDSA'])('%s is refused', async (alg) => {
    const token = secretIssuer.token({ key: createTestKey(alg) })
    expect(await api.bearer(token)).toEqual({ code: 'token_rejected', reason: 'alg_not_allowed' })
  })
})

describe('a secret among public keys', () => {
  const leaking = createTestIssuer({ url: 'https://id.example', audience, clock })
  leaking.publish({ kty: 'oct', kid: 'shared', k: encode('x'.repeat(32)), alg: 'HS256' })
  const api = useApi({ issuer: leaking.url, audience, fetch: leaking.fetch, clock })

  it('condemns the whole set', async () => {
    expect(await api.bearer(leaking.token())).toEqual({ code: 'keys_unavailable', reason: 'keys_unavailable' })
  })
})

describe('a key for one algorithm', () => {
  const keys = [createTestKey('RS256'), createTestKey('PS256')] as const
  const pair = createIssuer({ keys })
  const api = useApi(staticOptions(pair))

  it('serves no other, though its type would', async () => {
    const [rs, ps] = keys
    expect((await api.bearer(pair.token({ key: rs }))).code).toBe('accepted')
    expect(await api.bearer(pair.token({ key: rs, header: { alg: 'PS256' } }))).toEqual({
      code: 'token_rejected',
      reason: 'key_unfit',
    })
    expect(await api.bearer(pair.token({ key: ps, header: { alg: 'RS256' } }))).toEqual({
      code: 'token_rejected',
      reason: 'key_unfit',
    })
  })
})
