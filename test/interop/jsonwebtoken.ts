import jsonwebtoken from 'jsonwebtoken'
import { audience, issuer, type Peer, type PeerAlgorithm } from './peer.js'

/** `jsonwebtoken` of npm. It knows no EdDSA. */
export const jsonwebtokenPeer: Peer = {
  sign: async (claims, { alg, kid, signing }) =>
    jsonwebtoken.sign(claims, signing, { algorithm: known(alg), keyid: kid }),
  verify: async (token, { alg, verifying }) => {
    const claims = jsonwebtoken.verify(token, verifying, { algorithms: [known(alg)], issuer, audience })
    if (typeof claims === 'string') throw new Error('The token carries text, not a claims set.')
    return claims
  },
}

function known(alg: PeerAlgorithm): Exclude<PeerAlgorithm, 'EdDSA'> {
  if (alg === 'EdDSA') throw new Error('jsonwebtoken knows no EdDSA.')
  return alg
}
