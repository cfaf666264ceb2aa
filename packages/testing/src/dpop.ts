import { createHash, randomUUID } from 'node:crypto'
import type { Algorithm, Clock, Jwk } from '@latchkey/core'
import { type BadProof, type BadProofName, makeBadProof, makeBadProofs } from './bad-proofs.js'
import { createTestKey, type TestKey } from './test-key.js'
import { signCompact, type TokenOptions } from './token-maker.js'

/** The request that a proof is for. */
export interface ProofRequest {
  /** The request's method. Default `GET`. */
  readonly method?: string
  /** The absolute target URI. Its query does not matter. */
  readonly url: string
  /**
   * The access token of the request. `null`: none, as at a token endpoint. Default: a new one that is bound to the client's
   * key.
   */
  readonly token?: string | null
  /** The nonce that the server gave. Default: none. */
  readonly nonce?: string
  /** Claims to add to the usual ones (`jti htm htu iat ath`), or to replace them; undefined removes one. Default: none. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Header members to add to the usual ones (`typ alg jwk`), or to replace them; undefined removes one. Default: none. */
  readonly header?: Readonly<Record<string, unknown>>
}

/** Options of `issuer.dpop`. */
export interface TestDpopClientOptions {
  /** The algorithm that it signs with. Default ES256. */
  readonly alg?: Algorithm
  /** Its key. Default: a new one for `alg`. */
  readonly key?: TestKey
}

/** A client whose tokens are bound to its key (RFC 9449). */
export interface TestDpopClient {
  /** The thumbprint of its key (RFC 7638), which tokens have in `cnf.jkt`. */
  readonly jkt: string
  /** Makes a token that is bound to its key. The options are those of `issuer.token`. */
  token(options?: TokenOptions): string
  /** Signs a proof. It is good, and good once, unless the request says otherwise. */
  proof(request: ProofRequest): string
  /** Gives the two fields of a request: `authorization` with the token, `dpop` with a new proof. */
  headers(request: ProofRequest): { readonly authorization: string; readonly dpop: string }
  /** Makes a proof of every bad kind, each with the answer that Latchkey gives. */
  badProofs(request: ProofRequest): readonly BadProof[]
  /** Makes one bad proof. Throws TypeError if there is no such name. */
  badProof(name: BadProofName, request: ProofRequest): BadProof
}

/** Makes a client of an issuer. */
export function createDpopClient(
  { alg = 'ES256', key = createTestKey(alg) }: TestDpopClientOptions,
  makeToken: (options: TokenOptions) => string,
  clock: Clock,
): TestDpopClient {
  const jwk = publicParameters(key)
  const jkt = hash(JSON.stringify(jwk))
  const token = (options: TokenOptions = {}): string => {
    return makeToken({ ...options, claims: { cnf: { jkt }, ...options.claims } })
  }
  const proof = (request: ProofRequest, signer: Pick<TestKey, 'sign'> = key): string => {
    const { method = 'GET', url, nonce, token: bound = token() } = request
    const header = { typ: 'dpop+jwt', alg: key.alg, jwk, ...request.header }
    const claims = {
      jti: randomUUID(),
      htm: method,
      htu: url.replace(/[?#].*/s, ''),
      iat: Math.floor(clock()),
      ...(bound === null ? {} : { ath: hash(bound) }),
      ...(nonce === undefined ? {} : { nonce }),
      ...request.claims,
    }
    return signCompact(header, claims, signer)
  }
  const material = (request: ProofRequest) => ({ request, key, sign: proof, now: Math.floor(clock()) })
  return {
    jkt,
    token,
    proof: (request) => proof(request),
    headers: (request) => {
      const bound = request.token ?? token()
      return { authorization: `DPoP ${bound}`, dpop: proof({ ...request, token: bound }) }
    },
    badProofs: (request) => makeBadProofs(material(request)),
    badProof: (name, request) => makeBadProof(name, material(request)),
  }
}

/** Gives the public members of a key, in the order of RFC 7638 §3.3. */
function publicParameters({ publicJwk, alg }: TestKey): Jwk {
  const { crv, e, kty, n, x, y } = publicJwk ?? {}
  if (publicJwk === undefined) throw new TypeError(`A proof is signed with a key pair, and ${alg} has none.`)
  return Object.fromEntries(Object.entries({ crv, e, kty, n, x, y }).filter(([, value]) => value !== undefined))
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
