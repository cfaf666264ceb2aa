import { AuthError, type Clock } from '@latchkey/core'
import type { FamilyStore } from '@latchkey/session'
import { isFamilyId } from '@latchkey/session/store-kit'
import { ResponseBodyError, refreshTokenGrant, type TokenEndpointResponse } from 'openid-client'
import { ask } from './families.js'
import { type Provider, providerUnavailable } from './provider.js'
import type { Sealer } from './sealer.js'

/** The provider's tokens, for calls to its APIs on behalf of the user. Never log them, and never send them to a browser. */
export interface ProviderTokens {
  /** The access token (RFC 6749 §5.1). */
  readonly accessToken: string
  /** The refresh token; absent if the provider gave none. */
  readonly refreshToken?: string
  /** The ID token; absent if the provider gave none. */
  readonly idToken?: string
  /** When the access token expires, in seconds since the epoch; absent if the provider has not said. */
  readonly expiresAt?: number
}

/** What is kept with a session: the tokens, and until when a process is refreshing them. */
interface Kept {
  readonly tokens: ProviderTokens
  readonly busyUntil?: number
}

/** Keeps the provider's tokens with the session that they came with. */
export interface UpstreamTokens {
  /** Stores the tokens of a new session. Rejects with `store_unavailable`. */
  keep(session: string, tokens: ProviderTokens): Promise<void>
  /**
   * Gives an access token that is good for at least 30 s more; null if the session has none, or if the provider gives no more.
   * Rejects with `keys_unavailable` or `store_unavailable` if nobody can say.
   */
  accessToken(session: string): Promise<string | null>
  /** Gives the ID token of the log-in or of a later refresh; null if none is kept. Rejects with `store_unavailable`. */
  idToken(session: string): Promise<string | null>
}

/** For how many seconds a token must still be good to be given out. */
const margin = 30
/** How many seconds a refresh may take, and how long other processes wait for it. */
const lease = 5

/** What `createUpstreamTokens` needs. */
export interface UpstreamContext {
  readonly issuer: string
  readonly families: FamilyStore
  readonly sealer: Sealer
  readonly provider: Provider
  readonly clock: Clock
  /** Waits for that many milliseconds of real time. */
  readonly pause: (milliseconds: number) => Promise<void>
}

/**
 * Makes the part that keeps the provider's tokens, encrypted in the session's record. They are dropped with the session. One
 * process at a time refreshes them: it first writes a mark into the record, in one step, and the others wait for what it
 * writes. A mark that is too old is ignored, because its process has ended.
 */
export function createUpstreamTokens(context: UpstreamContext): UpstreamTokens {
  const { issuer, families, sealer, provider, clock, pause } = context

  const seal = (kept: Kept) => sealer.seal('upstream', kept)
  const replace = (session: string, expected: string | null, next: string | null) =>
    ask(families, (store, within) => store.replaceSealed(session, expected, next, within))

  async function refreshed(tokens: ProviderTokens): Promise<ProviderTokens | null> {
    if (tokens.refreshToken === undefined) return null
    const config = await provider()
    try {
      // A response may leave these out (RFC 6749 §6, OpenID Connect Core §12.2).
      const { refreshToken, idToken } = tokens
      const before = { refreshToken, ...(idToken === undefined ? {} : { idToken }) }
      return { ...before, ...tokensOf(await refreshTokenGrant(config, refreshToken), clock()) }
    } catch (error) {
      // The provider has ended the grant, so the user must log in again. Any other error says nothing about the tokens.
      if (error instanceof ResponseBodyError && error.error === 'invalid_grant') return null
      throw providerUnavailable(issuer)
    }
  }

  async function read(session: string): Promise<{ readonly sealed: string; readonly kept: Kept } | undefined> {
    const sealed = await ask(families, (store, within) => store.readSealed(session, within))
    if (sealed === null) return undefined
    const kept = (await sealer.open('upstream', sealed)) as Kept | undefined
    return kept && { sealed, kept }
  }

  /** Gives the access token, or null as `accessToken` does; undefined if another process is refreshing, so try again later. */
  async function attempt(session: string): Promise<string | null | undefined> {
    const found = await read(session)
    if (found === undefined) return null
    const { sealed, kept } = found
    const { tokens, busyUntil = 0 } = kept
    if (tokens.expiresAt === undefined || clock() + margin < tokens.expiresAt) return tokens.accessToken
    if (clock() < busyUntil) return undefined
    const mine = await seal({ tokens, busyUntil: clock() + lease })
    if (!(await replace(session, sealed, mine))) return undefined
    let next: ProviderTokens | null
    try {
      next = await refreshed(tokens)
    } catch (error) {
      // The mark is removed, so that the next request may try at once.
      await replace(session, mine, sealed)
      throw error
    }
    await replace(session, mine, next === null ? null : await seal({ tokens: next }))
    return next?.accessToken ?? null
  }

  return {
    keep: async (session, tokens) => {
      if (!(await replace(session, null, await seal({ tokens })))) throw new AuthError('store_unavailable')
    },
    accessToken: async (session) => {
      // A `sid` may be the claim of another issuer's token, and a database fails on some texts.
      if (!isFamilyId(session)) return null
      for (let waited = 0; waited <= lease * 1000; waited += 100) {
        const token = await attempt(session)
        if (token !== undefined) return token
        await pause(100)
      }
      throw providerUnavailable(issuer)
    },
    idToken: async (session) => (await read(session))?.kept.tokens.idToken ?? null,
  }
}

/** Gives the tokens of a token endpoint's response (RFC 6749 §5.1). */
export function tokensOf(response: TokenEndpointResponse, now: number): ProviderTokens {
  const { access_token: accessToken, refresh_token: refreshToken, id_token: idToken, expires_in: expiresIn } = response
  return {
    accessToken,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(idToken === undefined ? {} : { idToken }),
    ...(expiresIn === undefined ? {} : { expiresAt: now + expiresIn }),
  }
}
