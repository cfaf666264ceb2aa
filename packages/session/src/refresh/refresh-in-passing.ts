import { AuthError, type CoreEvent } from '@latchkey/core'
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

/** What refreshing in passing rests on. */
export interface InPassingContext<Claims> {
  readonly authenticate: Authenticate<Claims>
  /** Shares one rotation among requests that come at the same time. */
  readonly refresh: (refreshToken: string) => Promise<Issued>
  readonly emit: Emit<CoreEvent>
  readonly accessCookie: string
  readonly refreshCookie: string
  readonly trustedOrigins: TrustedOrigins
}

/** Guards for sessions, and what one of them has done for a request. */
export interface RefreshInPassing<Claims> {
  /** As the verifier's; but a request that another guard has refreshed is judged by its new token. */
  readonly authenticate: Authenticate<Claims>
  /** Refreshes in passing where that is called for. */
  readonly authenticateOrRefresh: Authenticate<Claims>
  /** The one refresh of this request; undefined where no guard has made it. Rejects where it was refused. */
  readonly refreshOf: (view: RequestView) => Promise<Issued> | undefined
}

/**
 * Refreshes in passing, for server-rendered pages without script. A request is refreshed where
 *
 * - its access cookie is gone, or there and expired, and it has no Bearer token;
 * - it has one refresh cookie;
 * - it asks for no upgrade: no framework puts cookies on a 101, and a token consumed whose successor nobody gets would be
 *   taken for theft later;
 * - it is not cross-origin, by the same rule as every guard and verb. With the default `SameSite=Strict` a browser does
 *   not even attach the refresh cookie to what another site began, a followed link included: such a page is shown as to
 *   somebody who is not logged in, unless its access cookie (`Lax`) is still good. Where the app weakened that, a
 *   cross-site GET can at most cause a rotation, whose cookies go to their owner; another method is refused.
 *
 * It is refreshed once: what came of it belongs to the request, and guards further in and verbs go on with that. A second
 * presentation of the token that the first consumed would be taken for theft.
 *
 * A refused refresh changes nothing: the guard answers as it would have. A store that is down is 503 and signs nobody out.
 * Parallel requests with one refresh cookie share one rotation: within this process by `refresh`, between processes by the grace.
 */
export function createRefreshInPassing<Claims>(context: InPassingContext<Claims>): RefreshInPassing<Claims> {
  const { accessCookie, refreshCookie, trustedOrigins, emit } = context
  const refreshes = new WeakMap<object, Promise<Issued>>()
  const requestOf = (view: RequestView): object => view.native ?? view

  /** Goes on with what came of the request's refresh: its new token, or `otherwise` where it was refused. */
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

  /** The first guard's part: it makes the refresh, reports its failure and sets its cookies. */
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
    if (issued.code !== 'refresh_rejected') emitDenied(emit, issued)
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
    if (isDone || refreshToken === undefined || hasBearer(view)) return authenticate(view, requirement)
    if (isUpgrade(view) || isCrossOrigin(view, trustedOrigins)) return authenticate(view, requirement)
    const plainly = () => context.authenticate(view, requirement)
    if (readCookie(view.header('cookie'), accessCookie) === undefined) {
      return refreshFirst(refreshToken, view, requirement, plainly)
    }
    const next = (decision: Decision<Claims>): MaybePromise<Decision<Claims>> =>
      decision.allow || 'thrown' in decision || decision.error.code !== 'token_expired'
        ? decision
        : refreshFirst(refreshToken, view, requirement, plainly)
    // Not yet a refusal: where the refresh is refused, the guard asks again and reports what it answers.
    return whenReady(context.authenticate(view, requirement, 'token_expired'), next)
  }

  return { authenticate, authenticateOrRefresh, refreshOf: (view) => refreshes.get(requestOf(view)) }
}

/** What was issued, or the refusal. What else goes wrong, a hook of the app's that throws, is thrown on. */
async function settled(refresh: Promise<Issued>): Promise<Issued | AuthError> {
  try {
    return await refresh
  } catch (error) {
    if (error instanceof AuthError) return error
    throw error
  }
}

/** Anything that may be a Bearer credential: then it is the guard's to judge. */
function hasBearer(view: RequestView): boolean {
  return /bearer/i.test(view.header('authorization') ?? '')
}

/** The request as the browser would have sent it with the new access cookie. */
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

/** For sessions without cookies: what `authenticate` says, and never a refresh. */
export function neverRefresh<Claims>(authenticate: Authenticate<Claims>): RefreshInPassing<Claims> {
  return { authenticate, authenticateOrRefresh: authenticate, refreshOf: () => undefined }
}
