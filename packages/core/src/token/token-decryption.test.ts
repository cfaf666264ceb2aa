import { generateKeyPairSync } from 'node:crypto'
import { CompactEncrypt, exportJWK, FlattenedEncrypt, generateKeyPair, type JWK, SignJWT } from 'jose'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { AuthError } from '../auth-error.js'
import { ConfigError } from '../config-error.js'
import { createVerifier } from '../create-verifier.js'
import { createTokenDecryption, type DecryptionKey } from './token-decryption.js'

const secret = new Uint8Array(32).fill(7)
const now = 1_800_000_000
const signingSecret = new Uint8Array(32).fill(1)
const ecJwk = newEcJwk()
let signed: string
let keyPair: Awaited<ReturnType<typeof generateKeyPair>>
let keys: DecryptionKey[]

beforeAll(async () => {
  const claims = { iss: 'https://id.example', aud: 'api', sub: 'ada', exp: now + 60 }
  signed = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(signingSecret)
  keyPair = await generateKeyPair('ECDH-ES+A256KW', { extractable: true })
  const privateJwk = await exportJWK(keyPair.privateKey)
  keys = [
    { kid: 'shared', secret },
    { kid: 'pair', privateJwk },
  ]
})

function newEcJwk(): JWK {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
}

function seal(plaintext: string, header: Record<string, unknown>): Promise<string> {
  const encrypt = new CompactEncrypt(new TextEncoder().encode(plaintext))
  encrypt.setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: 'shared', ...header } as never)
  return encrypt.encrypt(header['alg'] === 'ECDH-ES+A256KW' ? keyPair.publicKey : secret)
}

async function reasonOf(token: string, tokenCache = true): Promise<string> {
  const decryption = createTokenDecryption(keys)
  const verifier = createVerifier({
    issuer: 'https://id.example',
    audience: 'api',
    secret: signingSecret,
    decryption,
    tokenCache,
    clock: () => now,
  })
  try {
    return `good: ${(await verifier.verify(token)).claims.sub}`
  } catch (error) {
    return error instanceof AuthError ? `${error.code}: ${error.reason}` : String(error)
  }
}

describe('an encrypted token', () => {
  it('is opened with a shared key and verified like any other', async () => {
    expect(await reasonOf(await seal(signed, {}))).toBe('good: ada')
    expect(await reasonOf(await seal(`${signed.slice(0, -2)}AA`, {}))).toBe('token_rejected: signature_invalid')
    expect(await reasonOf(await seal('no token', {}))).toBe('token_malformed: token_malformed')
  })

  it('is opened with a private key', async () => {
    expect(await reasonOf(await seal(signed, { alg: 'ECDH-ES+A256KW', kid: 'pair' }))).toBe('good: ada')
  })

  it('is remembered under the spelling that was sent', async () => {
    const verifier = createVerifier({
      issuer: 'https://id.example',
      audience: 'api',
      secret: signingSecret,
      decryption: createTokenDecryption(keys),
      clock: () => now,
    })
    const token = await seal(signed, {})
    const first = await verifier.verify(token)
    expect(first.token).toBe(token)
    expect(verifier.verify(token)).toBe(first)
  })

  it.each<[string, Record<string, unknown>]>([
    ['an unknown kid', { kid: 'other' }],
    ['no kid', { kid: undefined }],
    ["another key's algorithm", { kid: 'pair' }],
    ['another content encryption', { enc: 'A256CBC-HS512' }],
    ['an extension', { crit: ['exp'], exp: 1 }],
  ])('is refused with %s', async (_name, header) => {
    const encrypt = new FlattenedEncrypt(new TextEncoder().encode(signed))
    const key = header['enc'] === undefined ? secret : new Uint8Array(64)
    encrypt.setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: 'shared', ...header } as never)
    const jwe = await encrypt.encrypt(key, { crit: { exp: true } })
    const token = [jwe.protected, '', jwe.iv, jwe.ciphertext, jwe.tag].join('.')
    expect(await reasonOf(token)).toBe('token_rejected: decryption_failed')
  })

  it.each(['PBES2-HS256+A128KW', 'RSA1_5', 'RSA-OAEP', 'A256KW', 'ECDH-ES'])('is refused with alg %s', async (alg) => {
    const [, ...rest] = (await seal(signed, {})).split('.')
    const header = { alg, enc: 'A256GCM', kid: 'shared', p2s: 'AAAA', p2c: 2_000_000_000 }
    const token = [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.')
    expect(await reasonOf(token)).toBe('token_rejected: decryption_failed')
  })

  it('is refused compressed', async () => {
    const [, ...rest] = (await seal(signed, {})).split('.')
    const header = { alg: 'dir', enc: 'A256GCM', kid: 'shared', zip: 'DEF' }
    const token = [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.')
    expect(await reasonOf(token)).toBe('token_rejected: decryption_failed')
  })

  it('is refused when a bit of it was changed', async () => {
    const [header, key, iv, ciphertext = '', tag] = (await seal(signed, {})).split('.')
    const changed = `${ciphertext.startsWith('A') ? 'B' : 'A'}${ciphertext.slice(1)}`
    expect(await reasonOf([header, key, iv, changed, tag].join('.'))).toBe('token_rejected: decryption_failed')
  })

  it.each([
    ['with an empty segment', () => 'e30..AAAA..AAAA'],
    ['with padding', () => 'e30=..AAAA.AAAA.AAAA'],
    ['with a header that is no object', () => 'W10..AAAA.AAAA.AAAA'],
    ['with six segments', () => 'e30..AAAA.AAAA.AAAA.AAAA'],
  ])('is malformed %s', async (_name, make) => {
    expect(await reasonOf(make())).toBe('token_malformed: token_malformed')
  })

  it('is malformed with a byte order mark before the token inside', async () => {
    expect(await reasonOf(await seal(`\ufeff${signed}`, {}))).toBe('token_malformed: token_malformed')
  })

  it('is malformed, with a reason of its own, where it is too long', async () => {
    expect(await reasonOf(`${'A'.repeat(16_384)}....`)).toBe('token_malformed: token_too_long')
  })

  it('is malformed where no decryption is configured', async () => {
    const verifier = createVerifier({ issuer: 'https://id.example', audience: 'api', secret: signingSecret })
    const token = await seal(signed, {})
    expect(() => verifier.verify(token)).toThrowError(expect.objectContaining({ code: 'token_malformed' }))
  })
})

describe('the ephemeral key of a sender', () => {
  const point = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }

  it.each([
    ['absent', undefined],
    ['null', null],
    ['no object', 5],
    ['a list', []],
    ['empty', {}],
    ['without its curve', { kty: 'EC' }],
    ['of another curve', { ...point, crv: 'P-384' }],
    ['of another type', { kty: 'OKP', crv: 'X25519', x: point.x }],
    ['off its curve', point],
    ['too short', { ...point, x: 'AA' }],
    ['without a coordinate', { ...point, y: undefined }],
    ['with a coordinate that is a number', { ...point, x: 5 }],
    ['with a coordinate that is not base64url', { ...point, x: '!!!' }],
    ['with a private part', { ...point, d: point.x }],
    ['with operations that are no list', { ...point, key_ops: 'x' }],
    ['with an ext that is no boolean', { ...point, ext: 'x' }],
    ['a secret', { kty: 'oct', k: 'AA' }],
  ])('is refused where it is %s, and never an error of ours', async (_what, epk) => {
    const header = { alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid: 'pair', epk }
    const bytes = (length: number) => Buffer.alloc(length).toString('base64url')
    const token = [Buffer.from(JSON.stringify(header)).toString('base64url'), bytes(40), bytes(12), 'AAAA', bytes(16)]
    expect(await reasonOf(token.join('.'))).toBe('token_rejected: decryption_failed')
  })

  it('never reaches the platform where it is no point: Deno takes it, and throws a TypeError later', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ECDH-ES+A256KW', { extractable: true })
    const open = createTokenDecryption([{ kid: 'pair', privateJwk: await exportJWK(privateKey) }])
    const { x } = await exportJWK(publicKey)
    const header = { alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid: 'pair', epk: { kty: 'EC', crv: 'P-256', x, y: x } }
    const importKey = vi.spyOn(crypto.subtle, 'importKey')
    const token = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.AAAA.AAAA.AAAA.AAAA`
    expect(await open(token)).toMatchObject({ code: 'token_rejected', reason: 'decryption_failed' })
    expect(importKey).not.toHaveBeenCalled()
    importKey.mockRestore()
  })

  it('may be one of X25519 where ours is', async () => {
    const pair = await generateKeyPair('ECDH-ES+A256KW', { crv: 'X25519', extractable: true })
    const open = createTokenDecryption([{ kid: 'x', privateJwk: await exportJWK(pair.privateKey) }])
    const header = { alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid: 'x' }
    const sealed = new CompactEncrypt(new TextEncoder().encode(signed)).setProtectedHeader(header)
    expect(await open(await sealed.encrypt(pair.publicKey))).toBe(signed)
  })
})

it('what the platform fails at is not taken for a bad token', async () => {
  const token = await seal(signed, {})
  const failure = new TypeError('not now')
  const importKey = vi.spyOn(crypto.subtle, 'importKey').mockRejectedValueOnce(failure)
  await expect(createTokenDecryption([{ kid: 'shared', secret }])(token)).rejects.toBe(failure)
  importKey.mockRestore()
})

it('a private key that cannot be imported fails where it is used, and not before', async () => {
  const privateJwk = { ...ecJwk, d: newEcJwk().d ?? '' }
  const open = createTokenDecryption([{ kid: 'pair', privateJwk }])
  await expect(open(await seal(signed, { alg: 'ECDH-ES+A256KW', kid: 'pair' }))).rejects.toThrow()
})

describe('createTokenDecryption', () => {
  it.each([
    ['no key', []],
    [
      'a kid twice',
      [
        { kid: 'a', secret },
        { kid: 'a', secret },
      ],
    ],
    ['an empty kid', [{ kid: '', secret }]],
    ['a secret of 16 bytes', [{ kid: 'a', secret: new Uint8Array(16) }]],
    ['a public key', [{ kid: 'a', privateJwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } }]],
    ['an RSA key', [{ kid: 'a', privateJwk: { kty: 'RSA', d: 'AA' } }]],
    ['a point off its curve', [{ kid: 'a', privateJwk: { ...ecJwk, y: ecJwk.x } }]],
    ['a private part of another length', [{ kid: 'a', privateJwk: { ...ecJwk, d: 'AA' } }]],
    ['a key for signatures', [{ kid: 'a', privateJwk: { ...ecJwk, kty: 'OKP', crv: 'Ed25519' } }]],
    ['no private key', [{ kid: 'a', privateJwk: null }]],
    ['no object', [null]],
    ['a hole', new Array(1)],
    ['no list', { kid: 'a', secret }],
  ] as unknown as [string, DecryptionKey[]][])('refuses %s', (_name, bad) => {
    expect(() => createTokenDecryption(bad)).toThrow(ConfigError)
  })
})
