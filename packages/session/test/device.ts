import { CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose'
import type { SessionAnswer } from '../src/index.js'

/** A browser's device: the key that it holds, and the proofs that it makes. */
export interface Device {
  /** The proof of a registration: it brings the key. */
  register(challenge: string, header?: object): Promise<string>
  /** The proof of a refresh. */
  prove(challenge: string, header?: object): Promise<string>
}

export async function createDevice(): Promise<Device> {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const { kty, crv, x, y } = await exportJWK(publicKey)
  const jwk = { kty, crv, x, y } as JWK
  const sign = (challenge: string, header: object) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify({ jti: challenge })))
      .setProtectedHeader({ alg: 'ES256', typ: 'dbsc+jwt', ...header })
      .sign(privateKey)
  return {
    register: (challenge, header = {}) => sign(challenge, { jwk, ...header }),
    prove: (challenge, header = {}) => sign(challenge, header),
  }
}

/** The challenge of a log-in's answer. */
export function registrationOf({ headers }: SessionAnswer): string {
  return /challenge="([^"]+)"/.exec(headers['secure-session-registration'] ?? '')?.[1] ?? 'none'
}

/** The challenge of a refusal. */
export function challengeOf(headers: Readonly<Record<string, string>> | undefined): string {
  return /^"([^"]+)";id="[^"]+"$/.exec(headers?.['secure-session-challenge'] ?? '')?.[1] ?? 'none'
}
