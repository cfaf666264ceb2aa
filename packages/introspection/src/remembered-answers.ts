import { AuthError, type Clock } from '@latchkey/core'
import type { Introspect } from '@latchkey/core/adapter'
import { LRUCache } from 'lru-cache'
import type { IntrospectionResponse } from 'oauth4webapi'
import type { Ask } from './endpoint.js'

/** What `rememberAnswers` rests on; durations in seconds. */
export interface AnswersContext {
  readonly issuer: string
  readonly ask: Ask
  readonly cacheFor: number
  readonly clock: Clock
  /** Whether an answer must say that the token is an access token, since no audience tells it from a refresh token. */
  readonly needsType: boolean
}

/** An answer for a while. */
interface Remembered {
  readonly claims: IntrospectionResponse
  /** Seconds since the epoch. */
  readonly until: number
}

const most = 10_000

/**
 * Asks once for all who need an answer about one token at the same time, and remembers the answers for good ones by the
 * token's hash: at most 10,000. Refusals and failures are not remembered.
 */
export function rememberAnswers({ issuer, ask, cacheFor, clock, needsType }: AnswersContext): Introspect {
  const remembered = new LRUCache<string, Remembered>({ max: most })
  const asking = new Map<string, Promise<IntrospectionResponse | AuthError>>()

  async function answer(token: string, hash: string): Promise<IntrospectionResponse | AuthError> {
    // Before the question is sent: what the issuer then says may be as old as that.
    const since = clock()
    let claims: IntrospectionResponse
    try {
      claims = await ask(token)
    } catch {
      // Network, time, status, form: whatever it was, nobody knows whether the token is good, which is no 401.
      return new AuthError('keys_unavailable', { reason: 'introspection_failed', issuer })
    }
    if (claims.active !== true || !isAccessToken(claims.token_type, needsType)) {
      return new AuthError('token_rejected', { reason: 'token_inactive', issuer })
    }
    const until = Math.min(since + cacheFor, claims.exp ?? since)
    if (clock() < until) remembered.set(hash, { claims, until })
    return claims
  }

  return async (token) => {
    const hash = await hashOf(token)
    const known = remembered.get(hash)
    if (known !== undefined && clock() < known.until) return known.claims
    const running = asking.get(hash)
    if (running !== undefined) return running
    const asked = answer(token, hash).finally(() => asking.delete(hash))
    asking.set(hash, asked)
    return asked
  }
}

/** The endpoint knows refresh tokens too, and gives these another type or none (RFC 7662 §2.2, RFC 6749 §7.1). */
function isAccessToken(type: unknown, needsType: boolean): boolean {
  if (type === undefined) return !needsType
  return typeof type === 'string' && /^(?:bearer|dpop)$/i.test(type)
}

async function hashOf(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
  return String.fromCharCode(...new Uint8Array(digest))
}
