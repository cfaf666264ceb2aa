import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { expect } from 'vitest'
import { base64url } from '../../harness/mint.js'
import type { RawResponse } from '../../harness/raw-http.js'
import { type App, withCookies } from './app.js'
import { challengeIn, type Tokens, tokensOf } from './tokens.js'

/** Members of a proof's header beside `typ` and `alg`, or in their place. */
export type Header = { readonly [member: string]: unknown }

/** A device that binds sessions to a key of its own, as a browser does it. */
export class Device {
  readonly #privateKey: KeyObject
  /** Its public key. */
  readonly jwk: Header

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#privateKey = privateKey
    this.jwk = { ...publicKey.export({ format: 'jwk' }) }
  }

  /** Its private key, which never leaves a real one. */
  get secretJwk(): Header {
    return { ...this.#privateKey.export({ format: 'jwk' }) }
  }

  /** The proof of a registration: it brings the key. */
  register(challenge: string | undefined, header: Header = {}): string {
    return this.prove(challenge, { jwk: this.jwk, ...header })
  }

  /** The proof of a refresh. */
  prove(challenge: string | undefined, header: Header = {}, claims: object = {}): string {
    const parts = [
      { alg: 'ES256', typ: 'dbsc+jwt', ...header },
      { jti: challenge, ...claims },
    ]
    const input = parts.map((part) => base64url(JSON.stringify(part))).join('.')
    const key = { key: this.#privateKey, dsaEncoding: 'ieee-p1363' as const }
    return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`
  }
}

/** A log-in that asks the browser to bind the session. */
export async function logInAsked(app: App): Promise<Tokens & { readonly challenge: string }> {
  const response = await app.send('POST', '/session', { body: { sub: app.sub } })
  expect(response, 'log-in').toMatchObject({ status: 200 })
  const [tokens, challenge] = [tokensOf(response), challengeIn(response)]
  if (tokens === undefined || challenge === undefined) throw new Error('the log-in asked for no registration')
  return { ...tokens, challenge }
}

/** A registration with the proof or proofs, and the session's cookie where there is one. */
export function register(app: App, refresh: string | undefined, ...proofs: readonly string[]): Promise<RawResponse> {
  return app.send('POST', '/session/device', carrying(refresh, ...proofs))
}

/** A refresh with the proof or proofs. */
export function refreshWith(app: App, refresh: string, ...proofs: readonly string[]): Promise<RawResponse> {
  return app.send('POST', '/session/refresh', carrying(refresh, ...proofs))
}

/** The cookie, and a field for each proof. */
function carrying(refresh: string | undefined, ...proofs: readonly string[]) {
  const cookie = refresh === undefined ? [] : withCookies({ refresh }).fields
  return { fields: [...cookie, ...proofs.map((proof) => ['Secure-Session-Response', proof] as const)] }
}

/** Logs in and binds the session. */
export async function logInBound(app: App, device: Device): Promise<Tokens> {
  const { challenge, ...tokens } = await logInAsked(app)
  const response = await register(app, tokens.refresh, device.register(challenge))
  expect(response, 'registration').toMatchObject({ status: 200 })
  return tokens
}

/** The challenge for a refresh token, as a refresh without a proof gets it. */
export async function challengeFor(app: App, refresh: string): Promise<string> {
  const response = await app.refresh(refresh)
  expect(response, 'challenge').toMatchObject({ status: 403 })
  return challengeIn(response) ?? 'none'
}

/** Refreshes as a browser does: asks for a challenge, and answers it. */
export async function refreshProven(app: App, device: Device, refresh: string): Promise<Tokens> {
  const response = await refreshWith(app, refresh, device.prove(await challengeFor(app, refresh)))
  const tokens = tokensOf(response)
  if (tokens === undefined) throw new Error(`no tokens in ${response.statusLine}: ${response.body}`)
  return tokens
}
