import {
  constants,
  createHmac,
  sign as cryptoSign,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto'

/** A key that can sign, and how it is published. */
export interface SigningKey {
  readonly alg: string
  readonly kid: string
  /** A private key; bytes for HMAC. */
  readonly key: KeyObject | Uint8Array
  /** The public half with its `kid`, `alg` and whatever else the set says of it; empty for HMAC. */
  readonly jwk: { readonly [member: string]: unknown }
}

function publish(
  pair: { publicKey: KeyObject; privateKey: KeyObject },
  alg: string,
  kid: string,
  said: object,
): SigningKey {
  return { alg, kid, key: pair.privateKey, jwk: { ...pair.publicKey.export({ format: 'jwk' }), kid, ...said } }
}

/** An HMAC secret as a signing key. */
export function hmac(alg: string, secret: Uint8Array, kid = 'hmac'): SigningKey {
  return { alg, kid, key: secret, jwk: {} }
}

const rsaPair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const strangerPair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const weakPair = generateKeyPairSync('rsa', { modulusLength: 1024 })
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const p256Later = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' })
const k256 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
const ed25519 = generateKeyPairSync('ed25519')
const ed448 = generateKeyPairSync('ed448')

/** Every key of the suite, made anew at each run. Several kids share one RSA pair, since making pairs takes time. */
export const keys = {
  rsa: publish(rsaPair, 'RS256', 'rsa-one', { alg: 'RS256', use: 'sig' }),
  rsaAnyAlg: publish(rsaPair, 'RS256', 'rsa-any-alg', {}),
  rsaPss: publish(rsaPair, 'PS256', 'rsa-pss', { alg: 'PS256' }),
  rsaVerifyOps: publish(rsaPair, 'RS256', 'rsa-verify-ops', { key_ops: ['verify'] }),
  rsaOtherOps: publish(rsaPair, 'RS256', 'rsa-other-ops', { key_ops: ['encrypt', 'wrapKey'] }),
  rsaForEncryption: publish(rsaPair, 'RS256', 'rsa-for-encryption', { use: 'enc' }),
  /** Same kid as `rsa`, never published: what an attacker signs with. */
  stranger: publish(strangerPair, 'RS256', 'rsa-one', { alg: 'RS256' }),
  rsaWeak: publish(weakPair, 'RS256', 'rsa-1024-bits', { alg: 'RS256' }),
  /** With exponent 1 a signature is the padded message itself, so anybody can make one. */
  rsaExponentOne: publish(rsaPair, 'RS256', 'rsa-exponent-one', { alg: 'RS256', e: 'AQ' }),
  p256: publish(p256, 'ES256', 'ec-p256', { alg: 'ES256', use: 'sig' }),
  p256AnyAlg: publish(p256, 'ES256', 'ec-any-alg', {}),
  p256Later: publish(p256Later, 'ES256', 'ec-p256-later', { alg: 'ES256' }),
  p384: publish(p384, 'ES384', 'ec-p384', { alg: 'ES384' }),
  p521: publish(p521, 'ES512', 'ec-p521', { alg: 'ES512' }),
  k256: publish(k256, 'ES256K', 'ec-k256', { alg: 'ES256K' }),
  ed25519: publish(ed25519, 'EdDSA', 'ed25519', { alg: 'EdDSA' }),
  ed25519AnyAlg: publish(ed25519, 'Ed25519', 'ed25519-any-alg', {}),
  ed448: publish(ed448, 'EdDSA', 'ed448', { alg: 'EdDSA' }),
} as const satisfies Record<string, SigningKey>

/** The same kid with no key behind it that anybody knows. */
export const rsaPublicKey: KeyObject = rsaPair.publicKey

/** A private key as JWK, for configurations that must be refused. */
export const privateJwk: JsonWebKey = { ...p256.privateKey.export({ format: 'jwk' }), kid: 'ec-private', alg: 'ES256' }

/** Signs as RFC 7518 §3 and RFC 8037 §3.1 say. An algorithm that is none of theirs is signed as the key allows. */
export function sign(alg: string, key: KeyObject | Uint8Array, input: string | Uint8Array): Uint8Array {
  const data = Buffer.from(input)
  const hash = `sha${/\d{3}$/.exec(alg)?.[0] ?? '256'}`
  if (key instanceof Uint8Array) return createHmac(hash, key).update(data).digest()
  switch (key.asymmetricKeyType) {
    case 'ed25519':
    case 'ed448':
      return cryptoSign(null, data, key)
    case 'ec':
      return cryptoSign(alg === 'ES256K' ? 'sha256' : hash, data, { key, dsaEncoding: 'ieee-p1363' })
    default:
      return alg.startsWith('PS')
        ? cryptoSign(hash, data, {
            key,
            padding: constants.RSA_PKCS1_PSS_PADDING,
            saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
          })
        : cryptoSign(hash, data, key)
  }
}
