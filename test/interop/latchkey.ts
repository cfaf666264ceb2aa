import { createVerifier, type IssuerOptions, type Verifier } from '@latchkey/core'
import { audience, issuer, type PeerKey } from './peer.js'

/** A verifier that trusts the key and no other. */
export function verifierFor({ alg, kid, verifying }: PeerKey): Verifier {
  const keys: Partial<IssuerOptions> =
    alg === 'HS256' ? { secret: verifying } : { publicKeys: [{ kid, pem: verifying }] }
  return createVerifier({ issuer, audience, algorithms: [alg], ...keys })
}
