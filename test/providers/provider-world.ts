import { createVerifier, type IssuerOptions, type Verifier } from '@latchkey/core'
import { createTestKey, type TestKey } from '@latchkey/testing'

/** The moment at which the tests take place, seconds since the epoch. */
export const now = 1_800_000_000

/** A provider as it documents itself, with a token of ours and some that are not. */
export interface ProviderCase {
  readonly name: string
  /** What its function gives. */
  readonly options: () => IssuerOptions | readonly IssuerOptions[]
  /** Where its metadata is, if that is asked for. */
  readonly metadata?: string
  /** Where its keys are. */
  readonly keys: string
  readonly alg: 'RS256' | 'ES256'
  /** Members of its JWKs beside the key itself, as it publishes them. */
  readonly jwk?: Readonly<Record<string, unknown>>
  /** Members of its tokens' header beside `alg` and `kid`. */
  readonly header?: Readonly<Record<string, unknown>>
  /** The claims of a token for us, without the times. */
  readonly claims: Readonly<Record<string, unknown>>
  /** What is not for us: what differs, and the reason for which it is refused. */
  readonly refused: Readonly<Record<string, readonly [claims: Readonly<Record<string, unknown>>, reason: string]>>
}

/** Plays a provider's endpoints for a verifier, and signs as it does. */
export function playProvider(provider: ProviderCase): {
  readonly verifier: Verifier
  readonly asked: readonly string[]
  token(changes?: Readonly<Record<string, unknown>>): string
} {
  const key = createTestKey(provider.alg, { kid: 'a1b2c3' })
  const asked: string[] = []
  const documents: Record<string, unknown> = {
    [provider.keys]: { keys: [{ ...key.publicJwk, ...provider.jwk }] },
    ...(provider.metadata === undefined
      ? {}
      : { [provider.metadata]: { issuer: provider.claims['iss'], jwks_uri: provider.keys } }),
  }
  const options = provider.options()
  const verifier = createVerifier({
    issuers: Array.isArray(options) ? options : [options],
    clock: () => now,
    fetch: async (input) => {
      asked.push(String(input))
      const document = documents[String(input)]
      return document === undefined ? new Response('no', { status: 404 }) : Response.json(document)
    },
  })
  return { verifier, asked, token: (changes = {}) => sign(key, provider, changes) }
}

/** Signs claims as the provider does; those that are undefined are left out. */
export function sign(key: TestKey, provider: ProviderCase, changes: Readonly<Record<string, unknown>>): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const header = { alg: provider.alg, kid: key.kid, ...provider.header }
  const claims = { iat: now - 60, exp: now + 3540, ...provider.claims, ...changes }
  const input = `${encode(header)}.${encode(claims)}`
  return `${input}.${key.sign(input)}`
}
