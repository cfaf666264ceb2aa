import { AuthError, type CoreEvent } from '@latchkey/core'
import {
  type Authenticate,
  type Decision,
  type Emit,
  emitDenied,
  isCrossOrigin,
  type MaybePromise,
  type RequestView,
  type Requirement,
  readCookie,
} from '@latchkey/core/adapter'
import { noStore } from '../delivery/session-answer.js'
import type { AuthenticateOrRefresh, RefreshedDecision } from '../verbs/sessions.js'
import type { Issued } from '../verbs/verbs.js'

type Refresh = (refreshToken: string) => Promise<Issued>

/** What `createAuthenticateOrRefresh` needs to know. */
export interface InPassingContext<Claims> {
  readonly authenticate: Authenticate<Claims>
  /** Shares one rotation among requests that come at the same time. */
  readonly refresh: Refresh
  readonly emit: Emit<CoreEvent>
  readonly accessCookie: string
  readonly refreshCookie: string
  readonly trustedOrigins: ReadonlySet<string>
}

/**
 * Refreshes in passing, for server-rendered pages without script. A request is refreshed where
 *
 * - its access cookie is gone, or there and expired, and it has no Bearer token;
 * - it has one refresh cookie;
 * - it is not cross-origin, by the same rule as every guard and verb. With the default `SameSite=Strict` a browser does
 *   not even attach the refresh cookie to what another site began, a followed link included: such a page is shown as to
 *   somebody who is not logged in, unless its access cookie (`Lax`) is still good. Where the app weakened that, a
 *   cross-site GET can at most cause a rotation, whose cookies go to their owner; another method is refused.
 *
 * A refused refresh changes nothing: the guard answers as it would have. A store that is down is 503 and signs nobody out.
 * Parallel requests with one refresh cookie share one rotation: within this process by `refresh`, between processes by the grace.
 */
export function createAuthenticateOrRefresh<Claims>(context: InPassingContext<Claims>): AuthenticateOrRefresh<Claims> {
  const { authenticate, accessCookie, trustedOrigins, emit } = context
  const { refresh } = context

  async function afterRefresh(
    view: RequestView,
    requirement: Requirement,
    refreshToken: string,
    otherwise: () => MaybePromise<Decision<Claims>>,
  ): Promise<RefreshedDecision<Claims>> {
    try {
      const { accessToken, answer } = await refresh(refreshToken)
      const renewed = withCookie(view, accessCookie, accessToken)
      return { decision: await authenticate(renewed, requirement), setCookie: answer.setCookie, headers: noStore }
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
      if (error.code === 'refresh_rejected') return unrefreshed(await otherwise())
      emitDenied(emit, error)
      return unrefreshed({ allow: false, error })
    }
  }

  return (view, requirement) => {
    const refreshToken = refreshTokenOf(view, context.refreshCookie)
    if (refreshToken === undefined || hasBearer(view) || isCrossOrigin(view, trustedOrigins)) {
      return lift(authenticate(view, requirement))
    }
    if (readCookie(view.header('cookie'), accessCookie) === undefined) {
      return afterRefresh(view, requirement, refreshToken, () => authenticate(view, requirement))
    }
    const next = (decision: Decision<Claims>): MaybePromise<RefreshedDecision<Claims>> =>
      decision.allow || decision.error.code !== 'token_expired'
        ? unrefreshed(decision)
        : afterRefresh(view, requirement, refreshToken, () => decision)
    const decision = authenticate(view, requirement)
    return decision instanceof Promise ? decision.then(next) : next(decision)
  }
}

function refreshTokenOf(view: RequestView, name: string): string | undefined {
  const read = readCookie(view.header('cookie'), name)
  return typeof read === 'object' ? read.token : undefined
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
  }
}

/** For sessions without cookies: what `authenticate` says, and never a refresh. */
export function neverRefresh<Claims>(authenticate: Authenticate<Claims>): AuthenticateOrRefresh<Claims> {
  return (view, requirement) => lift(authenticate(view, requirement))
}

function lift<Claims>(decision: MaybePromise<Decision<Claims>>): MaybePromise<RefreshedDecision<Claims>> {
  return decision instanceof Promise ? decision.then(unrefreshed) : unrefreshed(decision)
}

function unrefreshed<Claims>(decision: Decision<Claims>): RefreshedDecision<Claims> {
  return { decision, setCookie: [], headers: {} }
}
