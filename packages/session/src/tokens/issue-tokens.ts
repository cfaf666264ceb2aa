import { AuthError, type Clock } from '@latchkey/core'
import { defaultClockTolerance, maxTokenLength } from '@latchkey/core/adapter'
import { SignJWT } from 'jose'
import type { Delivery } from '../delivery/delivery.js'
import type { SessionAnswer } from '../delivery/session-answer.js'
import type { Keyring } from '../keyring/keyring.js'
import type { Family } from '../store/session-store.js'

/** What a session's new pair of tokens looks like on the wire. */
export interface Issued {
  readonly accessToken: string
  /** Seconds that the access token is good for. */
  readonly expiresIn: number
  readonly answer: SessionAnswer
}

/** What the tokens say of a session. */
type TokenSubject = Pick<Family, 'id' | 'sub' | 'clientId' | 'scope' | 'claims' | 'absoluteEnd'>

/** Gives out the tokens of sessions. */
export interface TokenIssuer {
  /**
   * Signs an access token and delivers it together with a refresh token.
   *
   * @throws AuthError `request_malformed` where one is too long for a verifier or a cookie
   */
  issue(session: TokenSubject, refreshToken: string): Promise<Issued>
  /** Whom the access tokens are for. */
  readonly audience: readonly string[]
  /** How long a store keeps a session, and remembers an ended one's access tokens. */
  readonly lives: TokenLives
}

/** How long tokens live, as a store wants to know it; seconds. */
interface TokenLives {
  readonly idleTtl: number
  readonly absoluteTtl: number
  /** For how long anybody might accept an access token: its life, what verifiers tolerate, and what clocks differ by. */
  readonly accessTtl: number
}

/** What `createTokenIssuer` needs to know; durations in seconds. */
export interface TokenIssuerOptions {
  readonly issuer: string
  readonly audience: string | readonly string[]
  readonly keyring: Keyring
  /** Default 300. */
  readonly accessTokenTtl?: number | undefined
  /** Default 1296000, 15 days. */
  readonly idleTtl?: number | undefined
  /** Default 2592000, 30 days. */
  readonly absoluteTtl?: number | undefined
  /** What the sessions' own verifier tolerates. */
  readonly clockTolerance?: number | undefined
  readonly clock: Clock
  /** Wraps the signed token; undefined: it travels as it is. */
  readonly encrypt: ((token: string) => Promise<string>) | undefined
  readonly delivery: Delivery
}

/** Seconds. */
export const defaultAccessTokenTtl = 300
/** Seconds that the clocks of processes differ by at most. */
const clockSkew = 60

/**
 * Makes what gives out tokens.
 *
 * The access token is a JWT of type `at+jwt` (RFC 9068), signed by the keyring's active key; its `exp` never passes the session's
 * absolute end. On request it travels encrypted, around the signed one. The refresh token is given out for the smaller of
 * the idle life and what is left of the absolute one.
 */
export function createTokenIssuer(options: TokenIssuerOptions): TokenIssuer {
  const { issuer, audience, keyring, clock, encrypt, delivery } = options
  const { accessTokenTtl = defaultAccessTokenTtl, idleTtl = 1_296_000, absoluteTtl = 2_592_000 } = options
  const accessTtl = accessTokenTtl + (options.clockTolerance ?? defaultClockTolerance) + clockSkew

  async function sign(session: TokenSubject, iat: number, exp: number): Promise<string> {
    const { kid, alg, key } = await keyring.signingKey()
    return new SignJWT({
      ...session.claims,
      iss: issuer,
      aud: typeof audience === 'string' ? audience : [...audience],
      sub: session.sub,
      iat,
      exp,
      jti: crypto.randomUUID(),
      sid: session.id,
      ...(session.clientId === undefined ? {} : { client_id: session.clientId }),
      ...(session.scope.length === 0 ? {} : { scope: session.scope.join(' ') }),
    })
      .setProtectedHeader({ alg, typ: 'at+jwt', ...(kid === undefined ? {} : { kid }) })
      .sign(key)
  }

  return {
    audience: typeof audience === 'string' ? [audience] : audience,
    lives: { idleTtl, absoluteTtl, accessTtl },
    issue: async (session, refreshToken) => {
      const iat = Math.floor(clock())
      const exp = Math.floor(Math.min(iat + accessTokenTtl, session.absoluteEnd))
      const signed = await sign(session, iat, exp)
      const accessToken = encrypt === undefined ? signed : await encrypt(signed)
      if (accessToken.length > maxTokenLength) throw new AuthError('request_malformed', { reason: 'token_too_long' })
      const expiresIn = Math.max(0, exp - iat)
      const refreshExpiresIn = Math.max(0, Math.min(idleTtl, session.absoluteEnd - clock()))
      const answer = delivery.tokens({ accessToken, expiresIn, refreshToken, refreshExpiresIn })
      return { accessToken, expiresIn, answer }
    },
  }
}
