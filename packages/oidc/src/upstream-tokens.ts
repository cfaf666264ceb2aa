import { AuthError, type Clock } from '@latchkey/core'
import type { FamilyStore } from '@latchkey/session'
import { ResponseBodyError, refreshTokenGrant, type TokenEndpointResponse } from 'openid-client'
import { ask } from './families.js'
import { type Provider, providerUnavailable } from './provider.js'
import type { Sealer } from './sealer.js'

/** What the provider gave, for calls to its APIs on the user's behalf. Never to be logged or sent to a browser. */
export interface ProviderTokens {
  readonly accessToken: string
  readonly refreshToken?: string
  readonly idToken?: string
  /** Seconds since the epoch; absent: the provider has not said. */
  readonly expiresAt?: number
}

/** In a session's record: the tokens, and until when somebody is refreshing them. */
interface Kept {
  readonly tokens: ProviderTokens
  readonly busyUntil?: number
}

/** Keeps the provider's tokens with the session that they came with. */
export interface UpstreamTokens {
  keep(session: string, tokens: ProviderTokens): Promise<void>
  /**
   * An access token that is good for another 30 s at least; null where there is none for the session, or the provider gives no more.
   * Rejects with `keys_unavailable` or `store_unavailable` where that cannot be known.
   */
  accessToken(session: string): Promise<string | null>
  /** The ID token of the log-in, or of a refresh since; null where none is kept. Rejects with `store_unavailable`. */
  idToken(session: string): Promise<string | null>
}

const margin = 30
/** Seconds that a refresh may take, with what the other processes wait for it. */
const lease = 5

/** What `createUpstreamTokens` rests on. */
export interface UpstreamContext {
  readonly issuer: string
  readonly families: FamilyStore
  readonly sealer: Sealer
  readonly provider: Provider
  readonly clock: Clock
  /** Waits so many milliseconds of real time. */
  readonly pause: (milliseconds: number) => Promise<void>
}

/**
 * The tokens are sealed in the session's record and go with it. One process at a time refreshes them: it first puts its mark into
 * the record, in one step, and the others wait for what it writes. A mark that is too old counts for nothing: its process is gone.
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
      // A response need not have these again (RFC 6749 §6, OpenID Connect Core §12.2).
      const { refreshToken, idToken } = tokens
      const before = { refreshToken, ...(idToken === undefined ? {} : { idToken }) }
      return { ...before, ...tokensOf(await refreshTokenGrant(config, refreshToken), clock()) }
    } catch (error) {
      // The provider has ended it: the user logs in again. What else goes wrong says nothing about the tokens.
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
      // Not yet given up: the next request may try at once.
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

/** The tokens of a token endpoint's response (RFC 6749 §5.1). */
export function tokensOf(response: TokenEndpointResponse, now: number): ProviderTokens {
  const { access_token: accessToken, refresh_token: refreshToken, id_token: idToken, expires_in: expiresIn } = response
  return {
    accessToken,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(idToken === undefined ? {} : { idToken }),
    ...(expiresIn === undefined ? {} : { expiresAt: now + expiresIn }),
  }
}
