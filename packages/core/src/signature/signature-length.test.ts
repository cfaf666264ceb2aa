import { constants, generateKeyPairSync, sign, verify } from 'node:crypto'
import { expect, it } from 'vitest'
import { checkJwk } from '../keys/jwk.js'
import { verifySignature as verifyOnWebStandards } from './signature.js'
import { verifySignature as verifyOnNode } from './signature.node.js'

it('an RSA-PSS signature without its leading zero is refused by both, although OpenSSL takes it', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  const header = Buffer.from('{"alg":"PS256"}').toString('base64url')
  const input = `${header}.e30`
  let signature: Buffer
  // Salted, so one in 256 begins with a zero.
  do signature = sign('sha256', Buffer.from(input), { key: privateKey, ...pss })
  while (signature[0] !== 0)
  const short = signature.subarray(1)
  expect(verify('sha256', Buffer.from(input), { key: publicKey, ...pss }, short)).toBe(true)
  for (const verifySignature of [verifyOnNode, verifyOnWebStandards]) {
    const key = checkJwk({ ...publicKey.export({ format: 'jwk' }), alg: 'PS256' })
    if (typeof key === 'string') throw new Error(key)
    expect(await verifySignature(key, 'PS256', input, signature.toString('base64url'))).toBe(true)
    expect(await verifySignature(key, 'PS256', input, short.toString('base64url'))).toBe(false)
  }
})
