import { createHash, createHmac } from 'node:crypto'
import { type Case, sharing, type Topic } from '../harness/case.js'
import { named } from '../harness/configurations.js'
import type { JwtParts, Mint } from '../harness/mint.js'
import { hmac, keys, rsaPublicKey, type SigningKey, sign } from '../harness/signing-keys.js'

function jwt(parts: JwtParts): (mint: Mint) => string {
  return (mint) => mint.jwt(parts)
}

/** Every algorithm of the default allow-list, each with a key that may serve it. */
const served: readonly Case[] = (
  [
    ['RS256', keys.rsa],
    ['RS384', keys.rsaAnyAlg],
    ['RS512', keys.rsaAnyAlg],
    ['PS256', keys.rsaPss],
    ['PS384', keys.rsaAnyAlg],
    ['PS512', keys.rsaAnyAlg],
    ['ES256', keys.p256],
    ['ES384', keys.p384],
    ['ES512', keys.p521],
    ['EdDSA', keys.ed25519],
    ['Ed25519', keys.ed25519AnyAlg],
  ] as const
).map(([alg, key]) => ({
  name: `served: ${alg}`,
  token: jwt({ key, header: { alg }, signAs: alg }),
  expect: 'accepted',
}))

const keyFits: readonly Case[] = [
  { name: 'a JWK without alg serves RS256', token: jwt({ key: keys.rsaAnyAlg }), expect: 'accepted' },
  {
    name: 'a JWK without alg serves PS256',
    token: jwt({ key: keys.rsaAnyAlg, header: { alg: 'PS256' }, signAs: 'PS256' }),
    expect: 'accepted',
  },
  { name: 'a JWK without alg serves its curve', token: jwt({ key: keys.p256AnyAlg }), expect: 'accepted' },
  {
    name: 'a JWK without alg serves EdDSA',
    token: jwt({ key: keys.ed25519AnyAlg, header: { alg: 'EdDSA' } }),
    expect: 'accepted',
  },
  { name: 'a JWK with key_ops verify', token: jwt({ key: keys.rsaVerifyOps }), expect: 'accepted' },
  {
    name: 'a JWK without alg does not serve another type',
    token: jwt({ key: keys.rsaAnyAlg, header: { alg: 'ES256' } }),
    expect: 'token_rejected',
  },
  {
    name: 'a JWK of RS256 does not serve PS256',
    token: jwt({ key: keys.rsa, header: { alg: 'PS256' }, signAs: 'PS256' }),
    expect: 'token_rejected',
  },
  {
    name: 'a JWK of RS256 does not serve RS512',
    token: jwt({ key: keys.rsa, header: { alg: 'RS512' }, signAs: 'RS512' }),
    expect: 'token_rejected',
  },
  {
    name: 'a JWK of PS256 does not serve RS256',
    token: jwt({ key: keys.rsaPss, header: { alg: 'RS256' }, signAs: 'RS256' }),
    expect: 'token_rejected',
  },
  {
    name: 'ES256 on P-384',
    token: jwt({ key: keys.p384, header: { alg: 'ES256' }, signAs: 'ES256' }),
    expect: 'token_rejected',
  },
  {
    name: 'ES384 on P-256',
    token: jwt({ key: keys.p256AnyAlg, header: { alg: 'ES384' }, signAs: 'ES384' }),
    expect: 'token_rejected',
  },
  { name: 'EdDSA on Ed448', token: jwt({ key: keys.ed448 }), expect: 'token_rejected' },
  { name: 'ES256K', token: jwt({ key: keys.k256 }), expect: 'token_rejected' },
  {
    name: 'EdDSA under an RSA kid',
    token: jwt({ key: keys.ed25519, header: { kid: keys.rsa.kid } }),
    expect: 'token_rejected',
  },
  { name: 'a JWK of 1024 bits', token: jwt({ key: keys.rsaWeak }), expect: 'token_rejected' },
  {
    name: 'a JWK with exponent 1, whose signatures anybody can make',
    token: jwt({ key: keys.rsaExponentOne, signature: paddedDigest }),
    expect: 'token_rejected',
  },
  { name: 'a JWK for encryption (use)', token: jwt({ key: keys.rsaForEncryption }), expect: 'token_rejected' },
  { name: 'a JWK for encryption (key_ops)', token: jwt({ key: keys.rsaOtherOps }), expect: 'token_rejected' },
]

/** EMSA-PKCS1-v1_5 of the input: what an RSA signature is raised to (RFC 8017 §9.2). */
function paddedDigest(input: string): Uint8Array {
  const digestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex')
  const tail = Buffer.concat([Buffer.of(0), digestInfo, createHash('sha256').update(input).digest()])
  return Buffer.concat([Buffer.of(0, 1), Buffer.alloc(256 - 2 - tail.length, 0xff), tail])
}

const badAlg: readonly Case[] = [
  ['none, with bytes for a signature', 'none'],
  ['None', 'None'],
  ['NONE', 'NONE'],
  ['nOnE', 'nOnE'],
  ['none with white space', 'none '],
  ['empty', ''],
  ['in lower case', 'rs256'],
  ['with white space', 'RS256 '],
  ['with a NUL', 'RS256\0'],
  ['missing', undefined],
  ['null', null],
  ['a number', 256],
  ['a list', ['RS256']],
  ['an object', { name: 'RS256' }],
  ['true', true],
  ['RS1', 'RS1'],
  ['HS256 where no secret is configured', 'HS256'],
  ['ES256K', 'ES256K'],
  ['Ed448', 'Ed448'],
  ['a JWE’s', 'RSA-OAEP'],
  ['dir', 'dir'],
  ['PBES2', 'PBES2-HS256+A128KW'],
  ['an inherited name', 'constructor'],
  ['__proto__', '__proto__'],
  ['toString', 'toString'],
].map(
  ([name, alg]): Case => ({ name: `alg refused: ${name}`, token: jwt({ header: { alg } }), expect: 'token_rejected' }),
)

/** HS256 with something public as the secret: what the confusion of algorithms rests on (§2.1). */
const confusion: readonly Case[] = (
  [
    ['the PEM of the RSA key', () => rsaPublicKey.export({ type: 'spki', format: 'pem' })],
    [
      'the PEM without its last line feed',
      () => rsaPublicKey.export({ type: 'spki', format: 'pem' }).toString().trim(),
    ],
    ['the PKCS #1 PEM', () => rsaPublicKey.export({ type: 'pkcs1', format: 'pem' })],
    ['the DER of the RSA key', () => rsaPublicKey.export({ type: 'spki', format: 'der' })],
    ['the modulus as text', () => String(keys.rsa.jwk['n'])],
    ['the modulus as bytes', () => Buffer.from(String(keys.rsa.jwk['n']), 'base64url')],
    ['the JWK as text', () => JSON.stringify(keys.rsa.jwk)],
    ['nothing', () => ''],
  ] as const
).map(([name, secret]): Case => {
  const signature = (input: string): Uint8Array => createHmac('sha256', secret()).update(input).digest()
  return {
    name: `HS256 signed with ${name}`,
    token: jwt({ header: { alg: 'HS256' }, signature }),
    expect: 'token_rejected',
  }
})

const forms = sharing('', { expect: 'token_rejected' }, [
  {
    name: 'an ECDSA signature of zeros (CVE-2022-21449)',
    token: jwt({ key: keys.p256, signature: () => new Uint8Array(64) }),
  },
  {
    name: 'an ECDSA signature with r = 0',
    token: jwt({
      key: keys.p256,
      signature: (input) =>
        Buffer.concat([Buffer.alloc(32), Buffer.from(sign('ES256', keys.p256.key, input)).subarray(32)]),
    }),
  },
  {
    name: 'an ECDSA signature of all ones',
    token: jwt({ key: keys.p256, signature: () => new Uint8Array(64).fill(0xff) }),
  },
  {
    name: 'an ECDSA signature in DER',
    token: jwt({ key: keys.p256, signature: (input) => derOf(sign('ES256', keys.p256.key, input)) }),
  },
  {
    name: 'an ECDSA signature of 63 bytes',
    token: jwt({ key: keys.p256, signature: (input) => sign('ES256', keys.p256.key, input).subarray(0, 63) }),
  },
  {
    name: 'an ECDSA signature of 65 bytes',
    token: jwt({
      key: keys.p256,
      signature: (input) => Buffer.concat([sign('ES256', keys.p256.key, input), Buffer.of(0)]),
    }),
  },
  {
    name: 'an ECDSA signature of 96 bytes, as P-384 has',
    token: jwt({ key: keys.p256, signature: (input) => sign('ES384', keys.p384.key, input) }),
  },
  { name: 'an EdDSA signature of zeros', token: jwt({ key: keys.ed25519, signature: () => new Uint8Array(64) }) },
  {
    name: 'an EdDSA signature of 65 bytes',
    token: jwt({
      key: keys.ed25519,
      signature: (input) => Buffer.concat([sign('EdDSA', keys.ed25519.key, input), Buffer.of(0)]),
    }),
  },
  { name: 'PKCS #1 v1.5 under PS256', token: jwt({ key: keys.rsaPss, signAs: 'RS256' }) },
  { name: 'PSS under RS256', token: jwt({ key: keys.rsa, signAs: 'PS256' }) },
  { name: 'SHA-512 under RS256', token: jwt({ key: keys.rsa, signAs: 'RS512' }) },
  {
    name: 'an RSA signature of ones',
    token: jwt({ signature: () => Buffer.concat([Buffer.alloc(255), Buffer.of(1)]) }),
  },
  { name: 'an RSA "signature" that is the padded message', token: jwt({ signature: paddedDigest }) },
])

/** An IEEE P1363 signature as ASN.1 says it. */
function derOf(signature: Uint8Array): Uint8Array {
  const integer = (bytes: Uint8Array): Buffer => Buffer.concat([Buffer.of(2, bytes.length + 1, 0), bytes])
  const body = Buffer.concat([integer(signature.subarray(0, 32)), integer(signature.subarray(32))])
  return Buffer.concat([Buffer.of(0x30, body.length), body])
}

const kids = sharing('', { expect: 'token_rejected' }, [
  { name: 'kid: unknown', token: jwt({ header: { kid: 'no-such-key' } }) },
  { name: 'kid: another key’s', token: jwt({ header: { kid: keys.rsaWeak.kid } }) },
  { name: 'kid: in upper case', token: jwt({ header: { kid: 'RSA-ONE' } }) },
  { name: 'kid: empty', token: jwt({ header: { kid: '' } }) },
  { name: 'kid: a number', token: jwt({ header: { kid: 1 } }) },
  { name: 'kid: null', token: jwt({ header: { kid: null } }) },
  { name: 'kid: a list', token: jwt({ header: { kid: ['rsa-one'] } }) },
  { name: 'kid: an object', token: jwt({ header: { kid: {} } }) },
  { name: 'kid: a path', token: jwt({ header: { kid: '../../../../dev/null' } }) },
  { name: 'kid: SQL (§3.10)', token: jwt({ header: { kid: "x' UNION SELECT 'secret" } }) },
  { name: 'kid: __proto__', token: jwt({ header: { kid: '__proto__' } }) },
  { name: 'kid: constructor', token: jwt({ header: { kid: 'constructor' } }) },
  { name: 'kid: of four thousand characters', token: jwt({ header: { kid: 'k'.repeat(4000) } }) },
  { name: 'kid: beyond ASCII', token: jwt({ header: { kid: 'clé-🔑\n\r' } }) },
])

const missingKid: readonly Case[] = [
  // "No kid in the token: the first four that fit are tried."
  {
    name: 'kid: missing, and several keys fit',
    token: jwt({ key: keys.p256, header: { kid: undefined } }),
    expect: 'accepted',
  },
  {
    name: 'kid: missing, and one key of several fits',
    token: jwt({ key: keys.p384, header: { kid: undefined } }),
    expect: 'accepted',
  },
  {
    name: 'kid: missing, one key fits, signed by another',
    token: jwt({ key: keys.p384, header: { kid: undefined }, signature: () => new Uint8Array(96).fill(9) }),
    expect: 'token_rejected',
  },
]

/** Explicit typing (§3.11). */
const types: readonly Case[] = [
  ['JWT', 'accepted'],
  ['jwt', 'accepted'],
  ['Jwt', 'accepted'],
  ['application/jwt', 'accepted'],
  ['application/JWT', 'accepted'],
  ['APPLICATION/JWT', 'accepted'],
  ['at+jwt', 'accepted'],
  ['AT+JWT', 'accepted'],
  ['application/at+jwt', 'accepted'],
  [undefined, 'accepted'],
  ['', 'token_rejected'],
  [null, 'token_rejected'],
  [7, 'token_rejected'],
  [['JWT'], 'token_rejected'],
  [{}, 'token_rejected'],
  ['JWS', 'token_rejected'],
  ['JOSE', 'token_rejected'],
  ['JWT ', 'token_rejected'],
  ['jwt;v=1', 'token_rejected'],
  ['text/jwt', 'token_rejected'],
  ['application/', 'token_rejected'],
  ['application/application/jwt', 'token_rejected'],
  ['dpop+jwt', 'token_rejected'],
  ['secevent+jwt', 'token_rejected'],
  ['logout+jwt', 'token_rejected'],
  ['id_token', 'token_rejected'],
].map(([typ, expect]): Case => {
  return {
    name: `typ: ${JSON.stringify(typ)}`,
    token: jwt({ header: { typ } }),
    expect: expect === 'accepted' ? 'accepted' : 'token_rejected',
  }
})

/** An issuer's own allow-list: ES256 and PS256. */
const allowList: readonly Case[] = (
  [
    ['ES256 is on it', keys.p256, 'ES256', 'accepted'],
    ['PS256 is on it', keys.rsaPss, 'PS256', 'accepted'],
    ['RS256 is not', keys.rsa, 'RS256', 'token_rejected'],
    ['RS256 is not, though the key would serve it', keys.rsaAnyAlg, 'RS256', 'token_rejected'],
    ['ES384 is not', keys.p384, 'ES384', 'token_rejected'],
    ['EdDSA is not', keys.ed25519, 'EdDSA', 'token_rejected'],
  ] as readonly (readonly [string, SigningKey, string, 'accepted' | 'token_rejected'])[]
).map(([name, key, alg, expect]): Case => {
  const claims = { iss: named.restricted }
  return {
    name: `allow-list: ${name}`,
    server: 'several',
    token: jwt({ key, header: { alg }, signAs: alg, claims }),
    expect,
  }
})

const order: readonly Case[] = [
  // Reading: "Cheap checks come before the signature and their result is used only to refuse."
  {
    name: 'expired and forged is expired',
    token: (m) => m.jwt({ key: keys.stranger, claims: { exp: m.now - 60 } }),
    expect: 'token_expired',
  },
  { name: 'HMAC beside public keys', token: jwt({ key: hmac('HS256', new Uint8Array(32)) }), expect: 'token_rejected' },
]

export const rfc8725: Topic = {
  name: 'RFC 8725, best current practices',
  cases: [
    ...served,
    ...keyFits,
    ...badAlg,
    ...confusion,
    ...forms,
    ...kids,
    ...missingKid,
    ...types,
    ...allowList,
    ...order,
  ],
}
