import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import type { PeerAlgorithm, PeerKey } from './peer.js'

/** A key made now, in the form that any library takes. */
export function newKey(alg: PeerAlgorithm): PeerKey {
  const kid = `${alg} key`
  if (alg === 'HS256') {
    const secret = randomBytes(48).toString('base64url')
    return { alg, kid, signing: secret, verifying: secret }
  }
  const { privateKey, publicKey } = newKeyPair(alg)
  return {
    alg,
    kid,
    signing: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    verifying: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  }
}

function newKeyPair(alg: Exclude<PeerAlgorithm, 'HS256'>): { privateKey: KeyObject; publicKey: KeyObject } {
  if (alg === 'RS256') return generateKeyPairSync('rsa', { modulusLength: 2048 })
  if (alg === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return generateKeyPairSync('ed25519')
}
