import { AuthError, type Clock, ConfigError } from '@latchkey/core'
import type { Emit, RequestView } from '@latchkey/core/adapter'
import type { DeviceBinding } from '../device/device-binding.js'
import type { SessionEvent } from '../events/events.js'
import type { EndSession } from '../revocation/end-session.js'
import type { BeginWithStore, GuardedStore } from '../store/guarded-store.js'
import type { Family, Rotation, RotationResult } from '../store/session-store.js'
import type { Issued, TokenIssuer } from '../tokens/issue-tokens.js'
import type { Grant } from '../tokens/login.js'
import { hashRefreshToken, makeRefreshToken, sealSuccessor, unsealSuccessor } from '../tokens/refresh-token.js'
import { findSession, type KnownSession, refreshRejected, refusalOfGone } from './known-session.js'
import { LostReplies } from './lost-replies.js'
import { askHook, type OnRefresh } from './refresh-hook.js'
import { type Close, sharing } from './sharing.js'

/** What `createRefreshSession` needs to know. */
export interface RefreshContext {
  readonly begin: BeginWithStore
  readonly tokens: TokenIssuer
  readonly end: EndSession
  readonly emit: Emit<SessionEvent>
  readonly clock: Clock
  /** Seconds for which the consumed token gets the same successor again; 0: never. Default 10. */
  readonly reuseGrace?: number | undefined
  readonly onRefresh?: OnRefresh | undefined
  /** Undefined: no session is bound to a device. */
  readonly device?: DeviceBinding | undefined
}

/**
 * Exchanges a refresh token for a new pair. Rejects with `refresh_rejected`, `proof_required` or `store_unavailable`.
 *
 * @param view the client's request, which may prove a device; undefined in passing, where a bound session is never rotated
 */
export type RefreshSession = (presented: string | undefined, view?: RequestView) => Promise<Issued>

/** A refresh on a client's request, and one in passing. */
export interface RefreshSessions {
  /** Without a grace, of requests that come at the same time only one has the successor. */
  readonly refresh: RefreshSession
  /** Of requests that come at the same time all have the successor: a page that loads sends many. */
  readonly refreshInPassing: RefreshSession
}

interface Found {
  readonly store: GuardedStore
  readonly session: KnownSession
}

type Exchange = (text: string, found?: Found) => Promise<Refreshed>

interface Refreshed {
  readonly id: string
  readonly issued: Issued
}

/**
 * The rotation (RFC 9700 §4.14.2), in this order:
 *
 * 1. the token is of a living session, issued for it once, and for an audience of ours; else refused, and nothing changes.
 * 2. where it is bound to a device, the request proves it; else refused, and nothing changes.
 * 3. it is neither the live token nor its parent: reuse. It or a successor was stolen, so the session ends.
 * 4. the live one: the app's hook says what the session may do from now on.
 * 5. all that is given out is made, so that whatever fails here consumes nothing.
 * 6. the store decides, in one step: consumed, repeated within the grace, or reuse. With a proof the parent counts at any time.
 *
 * Requests that come to this process with the same token before 6 share one rotation. Not those that come after it: a session
 * may have ended since. Nor those of a bound session: each proves itself.
 */
export function createRefreshSession(context: RefreshContext): RefreshSessions {
  const { begin, tokens, end, emit, clock, reuseGrace = 10, onRefresh, device } = context
  const lost = new LostReplies(reuseGrace, clock)

  async function find(text: string): Promise<Found> {
    const store = begin()
    const session = await findSession(store, end, text)
    if (!session.family.audience.some((each) => tokens.audience.includes(each)))
      throw refreshRejected('refresh_unknown')
    return { store, session }
  }

  async function refresh(text: string, close: Close, found?: Found): Promise<Refreshed> {
    return exchange(found ?? (await find(text)), false, close)
  }

  async function exchange({ store, session }: Found, proven: boolean, close: Close): Promise<Refreshed> {
    const { id, presented, text } = session
    const isLive = presented === session.current
    if (!isLive && presented !== session.parent) return reuse(store, id)
    const grant = isLive ? await grantOf(store, session.family) : undefined
    const next = lost.take(presented) ?? (await makeRefreshToken(id, session.tagKey))
    // For the parent the store can only repeat, or refuse.
    const issued = isLive ? await issue({ ...session.family, ...grant }, next) : undefined
    const step = {
      id,
      presented,
      successor: await hashRefreshToken(next),
      sealedSuccessor: await sealSuccessor(next, text),
      reuseGrace,
      idleTtl: tokens.lives.idleTtl,
      accessTtl: tokens.lives.accessTtl,
      ...(grant === undefined ? {} : { grant }),
      ...(proven ? { proven } : {}),
    }
    close()
    const result = await rotate(store, step, next)
    if (result.outcome !== 'rotated') return notRotated(store, result, session)
    reportRefreshed(id, false)
    return { id, issued: issued ?? (await issue(result.family, next)) }
  }

  /** Until the store answers, nobody knows whether the step was taken. */
  async function rotate(store: GuardedStore, step: Rotation, next: string): Promise<RotationResult> {
    try {
      const result = await store.rotate(step)
      lost.settle(step.presented)
      return result
    } catch (error) {
      lost.remember(step.presented, next)
      throw error
    }
  }

  async function notRotated(
    store: GuardedStore,
    result: Exclude<RotationResult, { readonly outcome: 'rotated' }>,
    { id, text }: KnownSession,
  ): Promise<Refreshed> {
    switch (result.outcome) {
      case 'repeated': {
        const issued = await issue(result.family, await unsealSuccessor(result.sealedSuccessor, text))
        reportRefreshed(id, true)
        return { id, issued }
      }
      case 'mismatch':
        return reuse(store, id)
      case 'gone':
        throw await refusalOfGone(store, end, id, result.gone)
    }
  }

  async function grantOf(store: GuardedStore, session: Family): Promise<Grant | undefined> {
    const grant = await askHook(onRefresh, session)
    if (grant !== null) return grant
    await end.one(store, session.id, 'hook')
    throw refreshRejected('session_ended')
  }

  async function reuse(store: GuardedStore, id: string): Promise<never> {
    await end.one(store, id, 'reuse')
    throw refreshRejected('refresh_reused')
  }

  /** Tokens that do not fit hold what the app's hook has granted since the log-in: its mistake, and not the client's. */
  async function issue(session: Family, refreshToken: string): Promise<Issued> {
    try {
      return await tokens.issue(session, refreshToken)
    } catch (error) {
      if (!(error instanceof AuthError) || error.code !== 'request_malformed') throw error
      throw new ConfigError(`The tokens of a session do not fit any more (${error.reason}): let onRefresh grant less.`)
    }
  }

  function reportRefreshed(session: string, repeated: boolean): void {
    emit({ type: 'session_refreshed', session, repeated })
  }

  const alone: Exchange = (text, found) => refresh(text, () => {}, found)
  const shared: Exchange = sharing(refresh, ({ id }) => reportRefreshed(id, true))

  function presenting(exchangeOf: Exchange): RefreshSession {
    return async (text, view) => {
      if (text === undefined) throw refreshRejected('refresh_missing')
      if (device === undefined) return (await exchangeOf(text)).issued
      const found = await find(text)
      if (!(await device.prove(found.session, view))) return (await exchangeOf(text, found)).issued
      const { id, issued } = await exchange(found, true, () => {})
      return { ...issued, answer: device.instruct(id, issued) }
    }
  }

  return { refresh: presenting(reuseGrace > 0 ? shared : alone), refreshInPassing: presenting(shared) }
}
