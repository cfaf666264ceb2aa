import { AuthError, type Emit } from '@latchkey/core'
import type { EndSession } from './end-session.js'
import type { SessionEvent } from './events.js'
import { type Grant, readGrant } from './grant.js'
import type { GuardedStore } from './guarded-store.js'
import {
  hashRefreshToken,
  makeRefreshToken,
  parseRefreshToken,
  sealSuccessor,
  unsealSuccessor,
  wasIssued,
} from './refresh-token.js'
import type { Family, FamilyRecord, RotationResult } from './session-store.js'

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
  readonly onRefresh: OnRefresh | undefined
  /** Makes what is given out for a session and its new refresh token. */
  readonly issue: (family: Family, refreshToken: string) => Promise<Issued>
}

/** Exchanges a refresh token for what `issue` makes. Rejects with `refresh_rejected` or `store_unavailable`. */
export type RefreshSession<Issued> = (presented: string | undefined) => Promise<Issued>

/**
 * The rotation (RFC 9700 §4.14.2), in this order:
 *
 * 1. of the form of a refresh token, of a living session, and issued for it once; else refused, and nothing changes.
 * 2. neither the live token nor its parent: reuse. It or a successor was stolen, so the session ends.
 * 3. the live one: the app's hook says what the session may do from now on.
 * 4. all that is given out is made, so that whatever fails here consumes nothing.
 * 5. the store decides, in one step: consumed, repeated within the grace, or reuse.
 */
export function createRefreshSession<Issued>(context: RefreshContext<Issued>): RefreshSession<Issued> {
  const { store, emit, end, reuseGrace, idleTtl, issue } = context

  async function reuse(id: string): Promise<never> {
    await end.one(id, 'reuse')
    throw new AuthError('refresh_rejected')
  }

  return async (text) => {
    const token = text === undefined ? undefined : parseRefreshToken(text)
    if (text === undefined || token === undefined) throw new AuthError('refresh_rejected')
    const { id } = token
    const record = await store.read(id)
    if (record === null || !(await wasIssued(token, record.tagKey))) throw new AuthError('refresh_rejected')
    const presented = await hashRefreshToken(text)
    if (presented !== record.current && presented !== record.parent) return reuse(id)

    const isLive = presented === record.current
    const grant = isLive ? await askHook(context, record) : undefined
    const next = await makeRefreshToken(id, record.tagKey)
    // For the parent the store can only repeat, or refuse.
    const issued = isLive ? await issue({ ...record.family, ...grant }, next) : undefined
    const result = await store.rotate({
      id,
      presented,
      successor: await hashRefreshToken(next),
      sealedSuccessor: await sealSuccessor(next, text),
      reuseGrace,
      idleTtl,
      ...(grant === undefined ? {} : { grant }),
    })
    if (result.outcome !== 'rotated') return notRotated(result, id, text)
    emit({ type: 'session_refreshed', family: id, repeated: false })
    return issued ?? issue(result.family, next)
  }

  async function notRotated(
    result: Exclude<RotationResult, { readonly outcome: 'rotated' }>,
    id: string,
    presented: string,
  ): Promise<Issued> {
    switch (result.outcome) {
      case 'repeated': {
        const successor = await unsealSuccessor(result.sealedSuccessor, presented)
        const repeated = await issue(result.family, successor)
        emit({ type: 'session_refreshed', family: id, repeated: true })
        return repeated
      }
      case 'mismatch':
        return reuse(id)
      case 'unknown':
        throw new AuthError('refresh_rejected')
    }
  }
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
