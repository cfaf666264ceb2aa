import { AuthError } from '@latchkey/core'
import type { Emit } from '@latchkey/core/adapter'
import type { SessionEvent } from '../events/events.js'
import type { EndSession } from '../revocation/end-session.js'
import type { GuardedStore } from '../store/guarded-store.js'
import type { Family, FamilyRecord, RotationResult } from '../store/session-store.js'
import { type Grant, readGrant } from '../tokens/grant.js'
import {
  hashRefreshToken,
  makeRefreshToken,
  parseRefreshToken,
  sealSuccessor,
  unsealSuccessor,
  wasIssued,
} from '../tokens/refresh-token.js'
import { type Close, sharing } from './sharing.js'

/** What the refresh hook is asked about. */
export interface RefreshingSession extends Grant {
  readonly sub: string
  readonly clientId?: string
  /** The session's id. */
  readonly family: string
}

/**
 * Asked at every refresh that consumes a token: what the session may do from now on, read from the app's own database. What
 * is left out stays as it is; null ends the session. What it throws passes through to the framework, and the refresh token
 * is not consumed. Keep it well under `reuseGrace`: of two tabs that refresh at once, one that is later than that is taken
 * for a replay.
 */
export type OnRefresh = (session: RefreshingSession) => Promise<Partial<Grant> | null> | Partial<Grant> | null

/** What `createRefreshSession` needs to know; durations in seconds. */
export interface RefreshContext<Issued> {
  readonly store: GuardedStore
  readonly emit: Emit<SessionEvent>
  readonly end: EndSession
  readonly reuseGrace: number
  readonly idleTtl: number
  readonly accessTtl: number
  /** Whom the access tokens are for. */
  readonly audience: readonly string[]
  readonly onRefresh: OnRefresh | undefined
  /** Makes what is given out for a session and its new refresh token. */
  readonly issue: (family: Family, refreshToken: string) => Promise<Issued>
}

/** Exchanges a refresh token for what `issue` makes. Rejects with `refresh_rejected` or `store_unavailable`. */
export type RefreshSession<Issued> = (presented: string | undefined) => Promise<Issued>

/** A refresh on a client's request, and one in passing. */
export interface RefreshSessions<Issued> {
  /** Without a grace, of requests that come at the same time only one has the successor. */
  readonly refresh: RefreshSession<Issued>
  /** Of requests that come at the same time all have the successor: a page that loads sends many. */
  readonly refreshInPassing: RefreshSession<Issued>
}

/**
 * The rotation (RFC 9700 §4.14.2), in this order:
 *
 * 1. of the form of a refresh token, of a living session, and issued for it once; else refused, and nothing changes.
 * 2. neither the live token nor its parent: reuse. It or a successor was stolen, so the session ends.
 * 3. the live one: the app's hook says what the session may do from now on.
 * 4. all that is given out is made, so that whatever fails here consumes nothing.
 * 5. the store decides, in one step: consumed, repeated within the grace, or reuse.
 *
 * Requests that come to this process with the same token before 5 share one rotation. Not those that come after it: a session
 * may have ended since.
 */
export function createRefreshSession<Issued>(context: RefreshContext<Issued>): RefreshSessions<Issued> {
  const { store, emit, end, reuseGrace, idleTtl, accessTtl, audience, issue } = context
  type Refreshed = { readonly id: string; readonly issued: Issued }

  async function reuse(id: string): Promise<never> {
    await end.one(id, 'reuse')
    throw new AuthError('refresh_rejected')
  }

  async function rotate(text: string, close: Close): Promise<Refreshed> {
    const token = parseRefreshToken(text)
    if (token === undefined) throw new AuthError('refresh_rejected')
    const { id } = token
    const record = await store.read(id)
    if ('gone' in record || !(await wasIssued(token, record.tagKey))) throw new AuthError('refresh_rejected')
    if (!record.family.audience.some((each) => audience.includes(each))) throw new AuthError('refresh_rejected')
    const presented = await hashRefreshToken(text)
    if (presented !== record.current && presented !== record.parent) return reuse(id)

    const isLive = presented === record.current
    const grant = isLive ? await askHook(context, record) : undefined
    const next = await makeRefreshToken(id, record.tagKey)
    // For the parent the store can only repeat, or refuse.
    const issued = isLive ? await issue({ ...record.family, ...grant }, next) : undefined
    const [successor, sealedSuccessor] = [await hashRefreshToken(next), await sealSuccessor(next, text)]
    const granted = grant === undefined ? {} : { grant }
    close()
    const step = { id, presented, successor, sealedSuccessor, reuseGrace, idleTtl, accessTtl, ...granted }
    const result = await store.rotate(step)
    if (result.outcome !== 'rotated') return notRotated(result, id, text)
    reportRefreshed(id, false)
    return { id, issued: issued ?? (await issue(result.family, next)) }
  }

  const alone = (text: string): Promise<Refreshed> => rotate(text, () => {})
  const shared = sharing(rotate, ({ id }) => reportRefreshed(id, true))

  function presenting(exchange: (text: string) => Promise<Refreshed>): RefreshSession<Issued> {
    return async (text) => {
      if (text === undefined) throw new AuthError('refresh_rejected')
      return (await exchange(text)).issued
    }
  }

  function reportRefreshed(id: string, repeated: boolean): void {
    emit({ type: 'session_refreshed', family: id, repeated })
  }

  async function notRotated(
    result: Exclude<RotationResult, { readonly outcome: 'rotated' }>,
    id: string,
    presented: string,
  ): Promise<Refreshed> {
    switch (result.outcome) {
      case 'repeated': {
        const successor = await unsealSuccessor(result.sealedSuccessor, presented)
        const repeated = await issue(result.family, successor)
        reportRefreshed(id, true)
        return { id, issued: repeated }
      }
      case 'mismatch':
        return reuse(id)
      case 'gone':
        throw new AuthError('refresh_rejected')
    }
  }
  return { refresh: presenting(reuseGrace > 0 ? shared : alone), refreshInPassing: presenting(shared) }
}

/** The new grant; undefined where there is no hook. Ends the session where the hook says so. */
async function askHook<Issued>(
  { onRefresh, end }: RefreshContext<Issued>,
  { family }: FamilyRecord,
): Promise<Grant | undefined> {
  if (onRefresh === undefined) return undefined
  const { id, sub, clientId, scope, claims } = family
  const answer = await onRefresh({ sub, scope, claims, family: id, ...(clientId === undefined ? {} : { clientId }) })
  if (answer !== null) return readGrant(answer, family)
  await end.one(id, 'hook')
  throw new AuthError('refresh_rejected')
}
