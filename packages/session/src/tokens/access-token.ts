import { AuthError, type Clock } from '@latchkey/core'
import { maxTokenLength } from '@latchkey/core/adapter'
import { SignJWT } from 'jose'
import type { Keyring } from '../keyring/keyring.js'
import type { Family } from '../store/session-store.js'

/** What every access token of an app has in common. */
export interface AccessTokenRules {
  readonly issuer: string
  readonly audience: string | readonly string[]
  readonly keyring: Keyring
  /** Seconds. */
  readonly accessTokenTtl: number
  readonly clock: Clock
  /** Wraps the signed token; undefined: it travels as it is. */
  readonly encrypt: ((token: string) => Promise<string>) | undefined
}

/** An access token and how many seconds it is good for. */
export interface AccessToken {
  readonly accessToken: string
  readonly expiresIn: number
}

/**
 * Issues an access token of a session: a JWT of type `at+jwt` (RFC 9068), signed by the keyring's active key. Its `exp` never
 * passes the session's absolute end. On request it travels encrypted, around the signed one.
 *
 * @throws AuthError `request_malformed` where the claims make it too large for a verifier
 */
export async function issueAccessToken(
  family: Omit<Family, 'startedAt' | 'expiresAt'>,
  { issuer, audience, keyring, accessTokenTtl, clock, encrypt }: AccessTokenRules,
): Promise<AccessToken> {
  const iat = Math.floor(clock())
  const exp = Math.floor(Math.min(iat + accessTokenTtl, family.absoluteEnd))
  const { kid, alg, key } = await keyring.signingKey()
  const signed = await new SignJWT({
    ...family.claims,
    iss: issuer,
    aud: typeof audience === 'string' ? audience : [...audience],
    sub: family.sub,
    iat,
    exp,
    jti: crypto.randomUUID(),
    sid: family.id,
    ...(family.clientId === undefined ? {} : { client_id: family.clientId }),
    ...(family.scope.length === 0 ? {} : { scope: family.scope.join(' ') }),
  })
    .setProtectedHeader({ alg, typ: 'at+jwt', ...(kid === undefined ? {} : { kid }) })
    .sign(key)
  const accessToken = encrypt === undefined ? signed : await encrypt(signed)
  if (accessToken.length > maxTokenLength) throw new AuthError('request_malformed')
  return { accessToken, expiresIn: Math.max(0, exp - iat) }
}
