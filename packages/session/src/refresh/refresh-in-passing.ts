import { AuthError, type AuthErrorCode, type CoreEvent, type VerifierStats } from '@latchkey/core'
import {
  type Authenticate,
  type Decision,
  type Emit,
  emitDenied,
  isCrossOrigin,
  isUpgrade,
  type MaybePromise,
  type RequestView,
  type Requirement,
  readCookie,
  type TrustedOrigins,
  whenReady,
  withExtras,
} from '@latchkey/core/adapter'
import { carriedCookie } from '../delivery/delivery.js'
import type { Issued } from '../tokens/issue-tokens.js'

/** What `createRefreshInPassing` needs. */
export interface InPassingContext<Claims> {
  readonly authenticate: Authenticate<Claims>
  /** Refreshes a session. Requests that come at the same time share one rotation. */
  readonly refresh: (refreshToken: string) => Promise<Issued>
  readonly emit: Emit<CoreEvent>
  readonly accessCookie: string
  readonly refreshCookie: string
  readonly trustedOrigins: TrustedOrigins
}

/**
 * What guards of apps with sessions call. To refresh "in passing" means: the guard of some route refreshes the session itself.
 */
export interface RefreshInPassing<Claims> {
  /** Like the verifier's `authenticate`, but if another guard has refreshed this request, the new token counts. */
  readonly authenticate: Authenticate<Claims>
  /** Refreshes the session first, if that is needed and possible. */
  readonly authenticateOrRefresh: Authenticate<Claims>
  /**
   * Gives the one refresh of this request. Undefined if no guard has made it, and if the session is bound to a device: then the
   * token was not looked at further, and the request itself may prove the device. It rejects if the refresh was refused.
   */
  readonly refreshOf: (view: RequestView) => Promise<Issued | undefined>
  /** Adds to the verifier's counters what these guards have refused without it, because the store was down. */
  readonly countIn: (stats: VerifierStats) => VerifierStats
}

/**
 * Makes guards that refresh sessions in passing, for server-rendered pages without script. A request is refreshed if all of
 * this holds:
 *
 * - Its access cookie is missing or expired, and it carries no other token that the verifier reads.
 * - It has exactly one refresh cookie.
 * - It does not ask for an upgrade. No framework sets cookies on a 101. The old token would be used up, nobody would get the
 *   new one, and later that would look like theft.
 * - It is not cross-origin, by the same rule as for every guard and verb. With the default `SameSite=Strict`, a browser does
 *   not even send the refresh cookie with a request that another site has caused, also not with a link. Such a page appears as
 *   if nobody were logged in, unless the access cookie (`Lax`) is still good. If the app has weakened that, a cross-site GET
 *   can at most cause a rotation, whose cookies go to their owner. Other methods are refused.
 *
 * A request is refreshed once. Its result is kept with the request, and inner guards and verbs use it. Presenting the used-up
 * token again would look like theft.
 *
 * A refused refresh changes nothing: the guard answers as without it. If the store is down, the answer is 503, and nobody is
 * signed out. Parallel requests with the same refresh cookie share one rotation: within this process through `refresh`, between
 * processes through the grace.
 */
export function createRefreshInPassing<Claims>(context: InPassingContext<Claims>): RefreshInPassing<Claims> {
  const { accessCookie, refreshCookie, trustedOrigins, emit } = context
  const refreshes = new WeakMap<object, Promise<Issued>>()
  const requestOf = (view: RequestView): object => view.native ?? view
  let unavailable = 0

  /** Goes on after the request's refresh: with the new token, or with `otherwise` if it was refused. */
  async function follow(
    refresh: Promise<Issued>,
    view: RequestView,
    requirement: Requirement,
    otherwise: () => MaybePromise<Decision<Claims>>,
  ): Promise<Decision<Claims>> {
    const issued = await settled(refresh)
    if (!(issued instanceof AuthError)) {
      return context.authenticate(withCookie(view, accessCookie, issued.accessToken), requirement)
    }
    return issued.code === 'refresh_rejected' ? otherwise() : { allow: false, error: issued }
  }

  /** What the first guard of a request does: it refreshes, reports a failure, and adds the cookies. */
  async function refreshFirst(
    refreshToken: string,
    view: RequestView,
    requirement: Requirement,
    otherwise: () => MaybePromise<Decision<Claims>>,
  ): Promise<Decision<Claims>> {
    const refresh = context.refresh(refreshToken)
    refreshes.set(requestOf(view), refresh)
    const issued = await settled(refresh)
    const decide = () => follow(refresh, view, requirement, otherwise)
    if (!(issued instanceof AuthError)) return withExtras(decide, { cookies: issued.answer.cookies })
    const decision = await decide()
    if (issued.code !== 'refresh_rejected') {
      unavailable++
      emitDenied(emit, issued)
    }
    return decision
  }

  const authenticate: Authenticate<Claims> = (view, requirement) => {
    const refresh = refreshes.get(requestOf(view))
    const plainly = () => context.authenticate(view, requirement)
    return refresh === undefined ? plainly() : follow(refresh, view, requirement, plainly)
  }

  const authenticateOrRefresh: Authenticate<Claims> = (view, requirement) => {
    const refreshToken = carriedCookie(view, refreshCookie)
    const isDone = refreshes.has(requestOf(view))
    if (isDone || refreshToken === undefined) return authenticate(view, requirement)
    if (isUpgrade(view) || isCrossOrigin(view, trustedOrigins)) return authenticate(view, requirement)
    const plainly = () => context.authenticate(view, requirement)
    const isMissing = readCookie(view.header('cookie'), accessCookie) === undefined
    const healed: AuthErrorCode = isMissing ? 'token_missing' : 'token_expired'
    const next = (decision: Decision<Claims>): MaybePromise<Decision<Claims>> =>
      isHealed(decision, healed) ? refreshFirst(refreshToken, view, requirement, plainly) : decision
    // What a refresh heals is not reported yet. If the refresh is refused, the guard asks again and reports its answer.
    return whenReady(context.authenticate(view, requirement, healed), next)
  }

  /** A bound session is refused in passing, whatever its token, so the verb must look at the request itself. */
  async function refreshOf(view: RequestView): Promise<Issued | undefined> {
    try {
      return await refreshes.get(requestOf(view))
    } catch (error) {
      if (error instanceof AuthError && error.reason === 'proof_missing') return undefined
      throw error
    }
  }

  const countIn = (stats: VerifierStats): VerifierStats => {
    const { denied } = stats
    if (unavailable === 0) return stats
    return { ...stats, denied: { ...denied, store_unavailable: (denied.store_unavailable ?? 0) + unavailable } }
  }

  return { authenticate, authenticateOrRefresh, refreshOf, countIn }
}

/** Whether nothing is wrong with a request but what a refresh heals. Nobody at an optional guard is a missing token too. */
function isHealed<Claims>(decision: Decision<Claims>, code: AuthErrorCode): boolean {
  if (decision.allow) return decision.auth === null && code === 'token_missing'
  return !('thrown' in decision) && decision.error.code === code
}

/** Gives the new tokens, or the refusal. Any other error, e.g. of the app's own hook, is thrown. */
async function settled(refresh: Promise<Issued>): Promise<Issued | AuthError> {
  try {
    return await refresh
  } catch (error) {
    if (error instanceof AuthError) return error
    throw error
  }
}

/** Gives the request as the browser would have sent it with the new access cookie. */
function withCookie(view: RequestView, name: string, value: string): RequestView {
  const others = (view.header('cookie') ?? '').split(';').filter((pair) => pair.split('=', 1)[0]?.trim() !== name)
  const cookie = [...others, `${name}=${value}`].join(';')
  return {
    method: view.method,
    header: (field) => (field === 'cookie' ? cookie : view.header(field)),
    url: () => view.url(),
    native: view.native ?? view,
    clientCertificate: () => view.clientCertificate?.(),
    waitUntil: (work) => view.waitUntil?.(work),
  }
}

/** For sessions without cookies: makes guards that never refresh. */
export function neverRefresh<Claims>(authenticate: Authenticate<Claims>): RefreshInPassing<Claims> {
  return {
    authenticate,
    authenticateOrRefresh: authenticate,
    refreshOf: async () => undefined,
    countIn: (stats) => stats,
  }
}
