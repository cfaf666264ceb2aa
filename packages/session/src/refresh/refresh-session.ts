import { AuthError, type Clock, ConfigError } from '@latchkey/core'
import type { Emit, RequestView } from '@latchkey/core/adapter'
import type { DeviceBinding } from '../device/device-binding.js'
import { proveDevice } from '../device/prove-device.js'
import type { SessionEvent } from '../events/events.js'
import type { EndSession } from '../revocation/end-session.js'
import type { BeginWithStore, GuardedStore } from '../store/guarded-store.js'
import type { Family, Rotation, RotationResult } from '../store/session-store.js'
import type { Issued, TokenIssuer } from '../tokens/issue-tokens.js'
import type { Grant } from '../tokens/login.js'
import { hashRefreshToken, makeRefreshToken, sealSuccessor, unsealSuccessor } from '../tokens/refresh-token.js'
import { findSession, type KnownSession, refreshRejected, refusalOfGone } from './known-session.js'
import { LostReplies } from './lost-store-replies.js'
import { askHook, type OnRefresh } from './refresh-hook.js'
import { type Close, sharing } from './sharing.js'

/** What `createRefreshSession` needs. */
export interface RefreshContext {
  readonly begin: BeginWithStore
  readonly tokens: TokenIssuer
  readonly end: EndSession
  readonly emit: Emit<SessionEvent>
  readonly clock: Clock
  /** For how many seconds a used token gets the same successor again; 0: never. Default 10. */
  readonly reuseGrace?: number | undefined
  readonly onRefresh?: OnRefresh | undefined
  /** Undefined: no session is bound here. One that another app of the issuer has bound needs its proof here too. */
  readonly device?: DeviceBinding | undefined
}

/** A refresh that the client asks for, and one that a guard makes ("in passing"). */
export interface RefreshSessions {
  /**
   * Exchanges a refresh token for a new pair. With a grace of 0, only one of several requests at the same time gets the successor.
   * Rejects with `refresh_rejected`, `proof_required` or `store_unavailable`.
   *
   * @param view the client's request, which may prove a device
   */
  refresh(presented: string | undefined, view: RequestView): Promise<Issued>
  /**
   * Does the same for a guard. All requests at the same time get the successor, because a page that loads sends many. A bound session
   * is never rotated. Rejects with `refresh_rejected` or `store_unavailable`.
   */
  refreshInPassing(presented: string): Promise<Issued>
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
 * Makes the functions that rotate refresh tokens (RFC 9700 §4.14.2). They take these steps, in this order:
 *
 * 1. Check that the token was issued for a session that is alive, and that the session is for one of our audiences. Else
 *    refuse, and change nothing.
 * 2. If the session is bound to a device, check the request's proof, also in an app that binds no sessions. Else
 *    refuse, and change nothing.
 * 3. If the token is neither the live one nor its parent, it is a reuse: it or a successor was stolen. End the session.
 * 4. If it is the live one, ask the app's hook what the session may do from now on.
 * 5. Make all that is given out, so that an error here does not use up the token.
 * 6. Let the store decide, in one step: it rotates, repeats the successor within the grace, or finds a reuse. With a proof, the
 *    parent is accepted at any time.
 *
 * Requests that come to this process with the same token before step 6 share one rotation. Later ones do not, because the
 * session may have ended meanwhile. Requests of a bound session never share, because each must prove itself.
 */
export function createRefreshSession(context: RefreshContext): RefreshSessions {
  const { tokens, end, emit, clock, reuseGrace = 10, onRefresh, device } = context
  const lost = new LostReplies(reuseGrace, clock)

  async function findUnbound(text: string): Promise<Found> {
    const found = await find(context, text)
    if (found.session.deviceKey !== null) throw refreshRejected('proof_missing')
    return found
  }

  async function rotateUnbound(text: string, close: Close, found?: Found): Promise<Refreshed> {
    return exchange(found ?? (await findUnbound(text)), false, close)
  }

  async function exchange({ store, session }: Found, proven: boolean, close: Close): Promise<Refreshed> {
    const { id, presented, text } = session
    const isLive = presented === session.current
    if (!isLive && presented !== session.parent) return reuse(store, id)
    const grant = isLive ? await grantOf(store, session.family) : undefined
    const next = lost.take(presented, session.current) ?? (await makeRefreshToken(id, session.tagKey))
    // For the parent, the store can only repeat the successor, or refuse.
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

  /** Rotates in the store. If it does not answer, nobody knows whether it has rotated, so the successor is remembered. */
  async function rotate(store: GuardedStore, step: Rotation, next: string): Promise<RotationResult> {
    try {
      const result = await store.rotate(step)
      lost.settle(step.presented)
      return result
    } catch (error) {
      lost.remember(step.presented, step.successor, next)
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

  /**
   * Makes the tokens. If they do not fit into a cookie, the app's hook has granted too much: the app's mistake, not the
   * client's.
   */
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

  const alone: Exchange = (text, found) => rotateUnbound(text, () => {}, found)
  const shared: Exchange = sharing(rotateUnbound, ({ id }) => reportRefreshed(id, true))
  const onRequest = reuseGrace > 0 ? shared : alone

  return {
    refresh: async (text, view) => {
      if (text === undefined) throw refreshRejected('refresh_missing')
      const found = await find(context, text)
      const isProven = await proveDevice({ view, session: found.session, now: clock() }, emit)
      if (!isProven) return (await onRequest(text, found)).issued
      const { id, issued } = await exchange(found, true, () => {})
      return device === undefined ? issued : { ...issued, answer: device.instruct(id, issued) }
    },
    refreshInPassing: async (text) => (await shared(text)).issued,
  }
}

/** The first step of a rotation. */
async function find({ begin, end, tokens }: RefreshContext, text: string): Promise<Found> {
  const store = begin()
  const session = await findSession(store, end, text)
  const isShared = session.family.audience.some((each) => tokens.audience.includes(each))
  if (!isShared) throw refreshRejected('refresh_unknown')
  return { store, session }
}
