import { type Auth, AuthError } from '@latchkey/core'
import { createRequirement, type RequestView } from '@latchkey/core/adapter'
import type { Delivery, ReadBody } from '../delivery/delivery.js'
import { redirectAnswer, type SessionAnswer } from '../delivery/session-answer.js'
import type { DeviceBinding } from '../device/device-binding.js'
import type { RefreshInPassing } from '../refresh/refresh-in-passing.js'
import type { RefreshSessions } from '../refresh/refresh-session.js'
import type { EndSession } from '../revocation/end-session.js'
import type { BeginWithStore, GuardedStore } from '../store/guarded-store.js'
import { readLogin } from '../tokens/login.js'
import { parseRefreshToken, wasIssued } from '../tokens/refresh-token.js'
import { readRedirect } from './redirect.js'
import type { Sessions } from './sessions.js'
import type { StartSession } from './start-session.js'
import type { VerbRules } from './verb-rules.js'

/** The parts that the verbs are made of. */
export interface VerbSteps<Claims> {
  readonly rules: VerbRules
  readonly delivery: Delivery
  readonly start: StartSession
  readonly refresh: RefreshSessions['refresh']
  readonly end: EndSession
  readonly begin: BeginWithStore
  /** Finds out who is calling, reports a refusal, and knows the refresh that a guard has made for a request. */
  readonly inPassing: RefreshInPassing<Claims>
  readonly issuer: string
  /** Undefined: no session is bound to a device. */
  readonly device: DeviceBinding | undefined
}

/** What `endAll` requires of its caller, if no guard has run before: one good token. */
const signedIn = createRequirement(true)

const noBody: ReadBody = () => undefined

/** Makes the verbs that answer a request. Each checks the origin first, and reports what it refuses. */
export function createVerbs<Claims extends object>(
  steps: VerbSteps<Claims>,
): Pick<Sessions, 'start' | 'refresh' | 'bind' | 'end' | 'endAll' | 'sessionOf'> {
  const { rules, delivery, end, begin, inPassing, issuer, device } = steps

  async function callerOf(view: RequestView): Promise<Auth<object>> {
    const decision = await inPassing.authenticate(view, signedIn)
    if (!decision.allow) throw 'thrown' in decision ? decision.thrown : decision.error
    if (decision.auth === null) throw new AuthError('token_missing')
    return decision.auth
  }

  /** Gives the living session that a refresh token was issued for, also if the token is an old one; undefined if there is none. */
  async function sessionOfToken(
    store: GuardedStore,
    presented: string | undefined,
  ): Promise<SessionOfToken | undefined> {
    const token = presented === undefined ? undefined : parseRefreshToken(presented)
    if (token === undefined) return undefined
    const record = await store.read(token.id)
    if ('gone' in record) {
      if (record.gone === 'unbound') await end.one(store, token.id, 'unbound')
      return undefined
    }
    return (await wasIssued(token, record.tagKey)) ? { id: token.id, isBound: record.deviceKey !== null } : undefined
  }

  /**
   * Gives the session of the refresh cookie, if there is a usable one. A bad cookie is ignored, so that it does not stop a
   * log-in.
   */
  async function carriedSession(store: GuardedStore, view: RequestView): Promise<SessionOfToken | undefined> {
    const carried = delivery.carried(view)
    return carried === undefined ? undefined : sessionOfToken(store, carried)
  }

  function verb(view: RequestView, run: () => Promise<SessionAnswer>): Promise<SessionAnswer> {
    rules.checkOrigin(view)
    return rules.reporting(run)
  }

  return {
    start: async (view, login, options = {}) =>
      verb(view, async () => {
        const redirect = readRedirect(options.redirect)
        const checked = readLogin(login)
        const store = begin()
        const replaced = device === undefined ? undefined : await carriedSession(store, view)
        const answer = await steps.start(store, checked)
        if (replaced !== undefined) await end.one(store, replaced.id, 'replaced')
        return sentTo(redirect, answer)
      }),
    refresh: async (view, readBody = noBody) =>
      verb(view, async () => {
        // If a guard has refreshed this request, the cookie is used up. Its result is given again.
        const refreshed = await inPassing.refreshOf(view)
        return (refreshed ?? (await steps.refresh(await delivery.presented(view, readBody), view))).answer
      }),
    bind: async (view) =>
      verb(view, async () => {
        // Nothing was offered, so there is no challenge to answer.
        if (device === undefined) throw new AuthError('binding_rejected', { reason: 'challenge_unknown' })
        return device.bind(view, await delivery.presented(view, noBody))
      }),
    end: async (view, readBody = noBody, options = {}) =>
      verb(view, async () => {
        const redirect = readRedirect(options.redirect)
        const store = begin()
        const session = await sessionOfToken(store, await delivery.presented(view, readBody))
        if (session !== undefined) await end.one(store, session.id, 'end')
        return sentTo(redirect, delivery.ended())
      }),
    endAll: async (view, auth) => {
      rules.checkOrigin(view)
      const caller = auth ?? (await callerOf(view))
      return rules.reporting(async () => {
        await end.allOf(begin(), ourSubject(caller, issuer))
        return delivery.ended()
      })
    },
    sessionOf: async (view) => {
      const session = await carriedSession(begin(), view)
      return session === undefined || session.isBound ? null : session.id
    },
  }
}

function sentTo(redirect: string | undefined, answer: SessionAnswer): SessionAnswer {
  return redirect === undefined ? answer : redirectAnswer(redirect, answer)
}

interface SessionOfToken {
  readonly id: string
  readonly isBound: boolean
}

/** Gives the caller's subject. A subject is unique only together with its issuer (RFC 7519 §4.1.2), so it must be ours. */
function ourSubject({ claims: { iss, sub } }: Auth<object>, issuer: string): string {
  if (iss !== issuer || sub === undefined) throw new AuthError('token_rejected', { reason: 'iss_unknown' })
  return sub
}
