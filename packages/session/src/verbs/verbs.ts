import { type Auth, AuthError, type Clock, type CoreEvent } from '@latchkey/core'
import { type Emit, emitDenied, isCrossOrigin, type RequestView, type Requirement } from '@latchkey/core/adapter'
import type { Delivery, ReadBody } from '../delivery/delivery.js'
import type { SessionAnswer } from '../delivery/session-answer.js'
import type { SessionEvent } from '../events/events.js'
import type { RefreshInPassing } from '../refresh/refresh-in-passing.js'
import type { RefreshSession } from '../refresh/refresh-session.js'
import type { EndSession } from '../revocation/end-session.js'
import type { GuardedStore } from '../store/guarded-store.js'
import type { Family } from '../store/session-store.js'
import { type Login, readLogin } from '../tokens/grant.js'
import {
  hashRefreshToken,
  makeRefreshToken,
  newFamilyId,
  newTagKey,
  parseRefreshToken,
  wasIssued,
} from '../tokens/refresh-token.js'
import type { Sessions } from './sessions.js'

/** What a session's new pair of tokens looks like on the wire. */
export interface Issued {
  readonly accessToken: string
  readonly answer: SessionAnswer
}

/** What the verbs are composed of; durations in seconds. */
export interface VerbsContext<Claims = object> {
  readonly issuer: string
  readonly audience: readonly string[]
  /** How many living sessions a subject may have. */
  readonly perSubject: number
  /** Seconds for which anybody might accept an access token. */
  readonly accessTtl: number
  readonly store: GuardedStore
  readonly delivery: Delivery
  readonly trustedOrigins: ReadonlySet<string>
  readonly emit: Emit<SessionEvent | CoreEvent>
  readonly idleTtl: number
  readonly absoluteTtl: number
  readonly clock: Clock
  readonly issue: (family: Family, refreshToken: string) => Promise<Issued>
  readonly refresh: RefreshSession<Issued>
  readonly end: EndSession
  /** Says who is calling, reports whom it refuses, and knows what a guard has refreshed in passing. */
  readonly inPassing: RefreshInPassing<Claims>
}

/** Of the caller of `endAll`, where no guard has asked before: one good token. */
const signedIn: Requirement = { required: true, scope: [] }

const noBody: ReadBody = () => undefined

/** The four verbs. Each checks the origin before anything else, and reports what it refuses. */
export function createVerbs(context: VerbsContext): Pick<Sessions, 'start' | 'refresh' | 'end' | 'endAll'> {
  const { delivery, emit, end, refresh, trustedOrigins } = context

  function refuse(error: AuthError): never {
    emitDenied(emit, error)
    throw error
  }

  function checkOrigin(view: RequestView): void {
    if (isCrossOrigin(view, trustedOrigins)) refuse(new AuthError('origin_rejected'))
  }

  async function reporting(verb: () => Promise<SessionAnswer>): Promise<SessionAnswer> {
    try {
      return await verb()
    } catch (error) {
      if (error instanceof AuthError) refuse(error)
      throw error
    }
  }

  async function guarded(view: RequestView, verb: () => Promise<SessionAnswer>): Promise<SessionAnswer> {
    checkOrigin(view)
    return reporting(verb)
  }

  async function callerOf(view: RequestView): Promise<Auth<object>> {
    const decision = await context.inPassing.authenticate(view, signedIn)
    if (!decision.allow) throw decision.error
    // Where a token is required it is never null.
    return decision.auth ?? refuse(new AuthError('token_missing'))
  }

  return {
    start: (view, login) => guarded(view, () => start(context, login)),
    refresh: (view, readBody = noBody) =>
      guarded(view, async () => {
        // The cookie is consumed where a guard has refreshed this request: what that gave is given again.
        const refreshed = context.inPassing.refreshOf(view)
        return (await (refreshed ?? refresh(await delivery.presented(view, readBody)))).answer
      }),
    end: (view, readBody = noBody) =>
      guarded(view, async () => {
        const id = await sessionOf(context, await delivery.presented(view, readBody))
        if (id !== undefined) await end.one(id, 'end')
        return delivery.ended()
      }),
    endAll: async (view, auth) => {
      checkOrigin(view)
      const caller = auth ?? (await callerOf(view))
      return reporting(async () => {
        await end.allOf(ourSubject(caller, context.issuer))
        return delivery.ended()
      })
    },
  }
}

async function start(context: VerbsContext, given: Login): Promise<SessionAnswer> {
  const { store, emit, end, issue, audience, perSubject, accessTtl, idleTtl, absoluteTtl, clock } = context
  const granted = readLogin(given)
  const id = await newFamilyId(granted.sub)
  const tagKey = newTagKey()
  const refreshToken = await makeRefreshToken(id, tagKey)
  const startedAt = clock()
  const absoluteEnd = startedAt + absoluteTtl
  // Tokens that do not fit are refused before there is a session.
  const login = { ...granted, id, audience, label: null }
  await issue({ ...login, startedAt, refreshedAt: startedAt, expiresAt: absoluteEnd, absoluteEnd }, refreshToken)
  const current = await hashRefreshToken(refreshToken)
  const limits = { idleTtl, absoluteTtl, accessTtl, perSubject }
  const { family, evicted } = await store.start({ ...login, ...limits, current, tagKey })
  end.tell(evicted, 'evicted')
  emit({ type: 'session_started', family: id })
  return (await issue(family, refreshToken)).answer
}

/** The session that a refresh token was issued for, now or before; undefined where there is none. */
async function sessionOf({ store }: VerbsContext, presented: string | undefined): Promise<string | undefined> {
  const token = presented === undefined ? undefined : parseRefreshToken(presented)
  if (token === undefined) return undefined
  const record = await store.read(token.id)
  return !('gone' in record) && (await wasIssued(token, record.tagKey)) ? token.id : undefined
}

/** A subject is one only together with its issuer (RFC 7519 §4.1.2). */
function ourSubject({ claims: { iss, sub } }: Auth<object>, issuer: string): string {
  if (iss !== issuer || sub === undefined) throw new AuthError('token_rejected', { reason: 'iss_unknown' })
  return sub
}
