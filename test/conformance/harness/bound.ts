import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto'
import type { Configuration } from './contract-server.js'
import { audience, base64url, type Members, Mint } from './mint.js'
import type { Field } from './raw-http.js'
import { keys, type SigningKey, sign } from './signing-keys.js'

const issuer = 'https://bound.example'
export const certificate: Uint8Array = new Uint8Array(
  generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }),
)
const nonceSecret = base64url(createHash('sha512').update('the nonces of the suite').digest())

/** What the servers with metadata say of themselves (RFC 9728). */
export const described = {
  resource: 'https://api.example/v1',
  authorizationServers: ['https://id.example'],
  scopes: ['read'],
} as const

const common = { issuers: [{ issuer, audience, jwks: { keys: [keys.p256.jwk] } }] }
/** The servers that the cases name. */
export const boundPlans = {
  dpop: { ...common, dpop: {} },
  required: { ...common, dpop: { required: true } },
  listed: { ...common, dpop: { algorithms: ['EdDSA', 'ES256'] } },
  nonce: { ...common, dpop: { nonce: { secrets: [nonceSecret] } } },
  steps: { ...common, dpop: { nonce: { secrets: [nonceSecret] }, maxAge: 600 }, clock: 'manual' },
  full: { ...common, dpop: { replay: { memory: 1 } } },
  cookie: { ...common, dpop: {}, tokenFrom: ['header', { cookie: '__Host-access' }] },
  public: { ...common, dpop: { publicOrigin: 'https://api.example' } },
  field: { ...common, dpop: {}, mtls: { from: { header: 'client-cert' } } },
  described: { ...common, resource: described },
  describedDpop: { ...common, resource: described, dpop: { algorithms: ['ES256'] } },
  // What routers read as parameters and as anything.
  oddlyNamed: { ...common, resource: { resource: 'https://api.example/v1:beta/*/(x)' } },
  off: common,
  ignoring: { ...common, cnf: 'ignore' },
} as const satisfies Record<string, Configuration>

/** The client's key, and another's. The suite's own keys, without their names. */
export const client: SigningKey = keys.p256Later
export const stranger: SigningKey = keys.p256AnyAlg

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('base64url')
}

/** The public parameters alone. */
export function parameters({ jwk }: SigningKey): Members {
  const { kty, crv, x, y, n, e } = jwk
  return Object.fromEntries(Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined))
}

/** Thumbprint of a key (RFC 7638). */
export function thumbprint(key: SigningKey): string {
  const { kty, crv, x, y, n, e } = parameters(key)
  return sha256(JSON.stringify(kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y }))
}

/** Makes what one request needs: for one server, anew each time. */
export class Bound {
  readonly #mint = new Mint(issuer, Math.floor(Date.now() / 1000))
  readonly origin: string
  readonly path: string

  constructor(port: number, path: string) {
    this.origin = `http://127.0.0.1:${port}`
    this.path = path
  }

  get now(): number {
    return this.#mint.now
  }

  /** A token, bound to the client's key unless said otherwise. */
  token(claims: Members = {}): string {
    return this.#mint.jwt({ key: keys.p256, claims: { cnf: { jkt: thumbprint(client) }, ...claims } })
  }

  /** A proof for a token: a good one, but for what is said. */
  proof(token: string, claims: Members = {}, header: Members = {}, key: SigningKey = client): string {
    const all = { jti: randomUUID(), htm: 'GET', htu: `${this.origin}${this.path}`, iat: this.now, ath: sha256(token) }
    const head = { typ: 'dpop+jwt', alg: key.alg, jwk: parameters(key), ...header }
    const input = `${base64url(JSON.stringify(head))}.${base64url(JSON.stringify({ ...all, ...claims }))}`
    return `${input}.${base64url(sign(key.alg, key.key, input))}`
  }

  /** The fields of a request with a token and a proof. */
  fields(token: string, proof: string, scheme = 'DPoP'): readonly Field[] {
    return [
      ['Authorization', `${scheme} ${token}`],
      ['DPoP', proof],
    ]
  }
}
