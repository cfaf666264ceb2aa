import { createTestIssuer, type TestIssuer, type TestIssuerOptions } from '@latchkey/testing'

/** The moment at which the attacks take place, seconds since the epoch. */
export const now = 1_800_000_000

/** A clock that stands still at that moment. */
export const clock = (): number => now

export const audience = 'https://api.example'

/** An issuer whose clock stands still. */
export function createIssuer(options: TestIssuerOptions = {}): TestIssuer {
  return createTestIssuer({ url: 'https://id.example', audience, subject: 'ada', clock, ...options })
}

/** Verifier options for an issuer whose keys are configured and never fetched. */
export function staticOptions(issuer: TestIssuer) {
  return { issuer: issuer.url, audience, jwks: issuer.jwks(), clock }
}

/** Base64url of text, bytes, or anything else as JSON. */
export function encode(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64url')
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

/** The claims that a good token of an issuer has, to be signed by somebody else. */
export function goodClaims(issuer: TestIssuer, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { iss: issuer.url, aud: audience, sub: 'ada', iat: now, exp: now + 300, ...changes }
}

/** The three segments of a token. */
export function segmentsOf(token: string): [header: string, claims: string, signature: string] {
  const [header = '', claims = '', signature = ''] = token.split('.')
  return [header, claims, signature]
}
