import type { JwtPayload } from 'jsonwebtoken'

/** Who issues, and for whom, in all that is exchanged here. */
export const issuer = 'https://id.example'
export const audience = 'https://api.example'

/** The algorithms that are exchanged with the peers. */
export type PeerAlgorithm = 'HS256' | 'RS256' | 'ES256' | 'EdDSA'

/** What both sides know of one key: the same string twice for HMAC, PEM otherwise. */
export interface PeerKey {
  readonly alg: PeerAlgorithm
  readonly kid: string
  readonly signing: string
  readonly verifying: string
}

/** Another implementation of JWT, which Latchkey is to understand and to be understood by. */
export interface Peer {
  /** A compact JWS over the claims, with `typ: JWT` and the key's kid. */
  sign(claims: JwtPayload, key: PeerKey): Promise<string>
  /** The claims of a token that the peer finds good for `issuer` and `audience`. Rejects where it does not. */
  verify(token: string, key: PeerKey): Promise<JwtPayload>
}
