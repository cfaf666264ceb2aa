import { AuthError, type Clock } from '@latchkey/core'
import { defaultClockTolerance, maxTokenLength as defaultMaxTokenLength } from '@latchkey/core/adapter'
import { SignJWT } from 'jose'
import type { Delivery } from '../delivery/delivery.js'
import type { SessionAnswer } from '../delivery/session-answer.js'
import type { Keyring } from '../keyring/keyring.js'
import type { Family } from '../store/session-store.js'

/** A session's new pair of tokens, and the answer that sends them. */
export interface Issued {
  readonly accessToken: string
  /** The access token's life in seconds. */
  readonly expiresIn: number
  readonly answer: SessionAnswer
}

/** The parts of a session that its tokens contain. */
type TokenSubject = Pick<Family, 'id' | 'sub' | 'clientId' | 'scope' | 'claims' | 'absoluteEnd'>

/** Makes the tokens of sessions. */
export interface TokenIssuer {
  /**
   * Signs an access token, and makes the answer that sends it together with a refresh token.
   *
   * @throws AuthError `request_malformed`, as a rejection, if a token is too long for the own verifier or a cookie
   */
  issue(session: TokenSubject, refreshToken: string): Promise<Issued>
  /** The audience of the access tokens. */
  readonly audience: readonly string[]
  /** How long sessions and tokens live. */
  readonly lives: TokenLives
}

/** How long sessions and tokens live, as a store needs it. In seconds. */
interface TokenLives {
  readonly idleTtl: number
  readonly absoluteTtl: number
  /** How long anybody may accept an access token: its life, plus what verifiers tolerate, plus how far clocks may differ. */
  readonly accessTtl: number
}

/** What `createTokenIssuer` needs. Durations are in seconds; see `SessionsOptions`. */
export interface TokenIssuerOptions {
  readonly issuer: string
  readonly audience: string | readonly string[]
  readonly keyring: Keyring
  /** Default 300. */
  readonly accessTokenTtl?: number | undefined
  /** Default 1296000, which is 15 days. */
  readonly idleTtl?: number | undefined
  /** Default 2592000, which is 30 days. */
  readonly absoluteTtl?: number | undefined
  /** What the sessions' own verifier tolerates. Default 10. */
  readonly clockTolerance?: number | undefined
  /** How many characters of a token the sessions' own verifier reads. Default 16,384. */
  readonly maxTokenLength?: number | undefined
  readonly clock: Clock
  /** Encrypts the signed token; undefined: it is sent as it is. */
  readonly encrypt: ((token: string) => Promise<string>) | undefined
  readonly delivery: Delivery
}

/** The default of `accessTokenTtl`, in seconds. */
export const defaultAccessTokenTtl = 300
/** By how many seconds the clocks of processes may differ. */
const clockSkew = 60

/**
 * Makes the part that issues tokens.
 *
 * The access token is a JWT of type `at+jwt` (RFC 9068), signed with the keyring's active key. Its `exp` is never after the
 * session's absolute end. With the option `encryption` it is encrypted. The refresh token is given out for the idle life, or
 * for what is left of the absolute life if that is less.
 */
export function createTokenIssuer(options: TokenIssuerOptions): TokenIssuer {
  const { issuer, audience, keyring, clock, encrypt, delivery } = options
  const { accessTokenTtl = defaultAccessTokenTtl, idleTtl = 1_296_000, absoluteTtl = 2_592_000 } = options
  const { maxTokenLength = defaultMaxTokenLength } = options
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
