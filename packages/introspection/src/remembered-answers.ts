import { AuthError, type Clock } from '@latchkey/core'
import type { Introspect } from '@latchkey/core/adapter'
import { LRUCache } from 'lru-cache'
import type { IntrospectionResponse } from 'oauth4webapi'
import type { Ask } from './endpoint.js'

/** What `rememberAnswers` needs. Durations are in seconds. */
export interface AnswersContext {
  readonly issuer: string
  readonly ask: Ask
  readonly cacheFor: number
  readonly clock: Clock
  /**
   * Whether an answer must say that the token is an access token. Without an audience, nothing else tells it from a refresh
   * token.
   */
  readonly needsType: boolean
}

/** A remembered answer. */
interface Remembered {
  readonly claims: IntrospectionResponse
  /** Until when it counts, in seconds since the epoch. */
  readonly until: number
}

const most = 10_000

/**
 * Makes a function that remembers the answers for good tokens, by the token's hash, at most 10,000. Requests that need an
 * answer about the same token at the same time share one question. Refusals and failures are not remembered.
 */
export function rememberAnswers({ issuer, ask, cacheFor, clock, needsType }: AnswersContext): Introspect {
  const remembered = new LRUCache<string, Remembered>({ max: most })
  const asking = new Map<string, Promise<IntrospectionResponse | AuthError>>()

  async function answer(token: string, hash: string): Promise<IntrospectionResponse | AuthError> {
    // Read before the question is sent, because the answer may be as old as that.
    const since = clock()
    let claims: IntrospectionResponse
    try {
      claims = await ask(token)
    } catch {
      // Network, time, status or form: whatever failed, nobody knows whether the token is good, so it must not be a 401.
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

/**
 * Whether the token is an access token. The endpoint also knows refresh tokens, which have another type or none (RFC 7662 §2.2,
 * RFC 6749 §7.1).
 */
function isAccessToken(type: unknown, needsType: boolean): boolean {
  if (type === undefined) return !needsType
  return typeof type === 'string' && /^(?:bearer|dpop)$/i.test(type)
}

async function hashOf(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
  return String.fromCharCode(...new Uint8Array(digest))
}
