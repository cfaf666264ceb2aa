import { CompactSign, type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { type DeviceKey, verifyDeviceProof } from './device-proof.js'

const pair = await generateKeyPair('ES256', { extractable: true })
const other = await generateKeyPair('ES256')
const { kty, crv, x, y } = await exportJWK(pair.publicKey)
const jwk = { kty, crv, x, y } as unknown as DeviceKey & JWK
const privateJwk = await exportJWK(pair.privateKey)

interface Parts {
  readonly header?: object
  readonly claims?: object
  readonly key?: CryptoKey
}

async function sign({ header = {}, claims = { jti: 'c' }, key = pair.privateKey }: Parts = {}): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', typ: 'dbsc+jwt', ...header })
    .sign(key)
}

describe('a registration', () => {
  const register = (field: string | undefined) => verifyDeviceProof(field, null)

  it('brings its key, and says which challenge it answers', async () => {
    const proof = await sign({ header: { jwk } })
    expect(await register(proof)).toEqual({ key: jwk, challenge: 'c' })
    expect(await register(`"${proof}";x=1`)).toEqual({ key: jwk, challenge: 'c' })
  })

  it('may have other members, which are ignored and not kept', async () => {
    const proof = await sign({
      header: { jwk: { ...jwk, kid: 'k', alg: 'ES256', use: 'sig' }, jku: 'https://evil.example' },
      claims: { jti: 'c', aud: 'x', iat: 1 },
    })
    expect(await register(proof)).toEqual({ key: jwk, challenge: 'c' })
  })

  it.each([
    ['proof_missing', undefined],
    ['proof_repeated', 'a, b'],
    ['proof_malformed', 'a b'],
    ['proof_malformed', 'not.a.proof'],
  ])('is %s for the field %j', async (fault, field) => {
    expect(await register(field)).toBe(fault)
  })

  it.each([
    ['proof_type', { typ: 'JWT' }],
    ['proof_type', { typ: 'application/dbsc+jwt' }],
    ['proof_type', { typ: 'DBSC+JWT' }],
    ['key_unfit', { jwk: undefined }],
    ['key_unfit', { jwk: null }],
    ['key_unfit', { jwk: [] }],
    ['key_unfit', { jwk: { ...jwk, y: undefined } }],
    ['key_unfit', { jwk: { ...jwk, y: jwk.x } }],
    ['key_unfit', { jwk: { ...jwk, crv: 'P-384' } }],
    ['key_unfit', { jwk: { ...jwk, alg: 'ES384' } }],
    ['key_unfit', { jwk: { ...jwk, use: 'enc' } }],
    ['key_private', { jwk: privateJwk }],
    ['key_private', { jwk: { kty: 'oct', k: 'AAAA' } }],
  ])('is %s with the header %j', async (fault, header) => {
    expect(await register(await sign({ header: { jwk, ...header } }))).toBe(fault)
  })

  it('is refused where another key signed', async () => {
    expect(await register(await sign({ header: { jwk }, key: other.privateKey }))).toBe('proof_signature')
  })

  it('is refused with another algorithm, and with none', async () => {
    const rsa = await generateKeyPair('RS256', { extractable: true })
    const header = { alg: 'RS256', jwk: await exportJWK(rsa.publicKey) }
    expect(await register(await sign({ header, key: rsa.privateKey }))).toBe('proof_algorithm')
    const [head, ...rest] = (await sign({ header: { jwk } })).split('.')
    const none = JSON.parse(Buffer.from(head ?? '', 'base64url').toString())
    const unsigned = Buffer.from(JSON.stringify({ ...none, alg: 'none' })).toString('base64url')
    expect(await register([unsigned, ...rest].join('.'))).toBe('proof_algorithm')
  })
})

describe('a refresh', () => {
  it('is proven with the key that was bound', async () => {
    expect(await verifyDeviceProof(await sign(), jwk)).toEqual({ key: jwk, challenge: 'c' })
    expect(await verifyDeviceProof(await sign({ key: other.privateKey }), jwk)).toBe('proof_signature')
  })

  it('is not proven with a key that the proof brings', async () => {
    expect(await verifyDeviceProof(await sign({ header: { jwk } }), jwk)).toBe('proof_malformed')
  })

  it('is refused with a critical header', async () => {
    const [, ...rest] = (await sign()).split('.')
    const header = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'dbsc+jwt', crit: ['x'], x: 1 })).toString(
      'base64url',
    )
    expect(await verifyDeviceProof([header, ...rest].join('.'), jwk)).toBe('proof_malformed')
  })
})
