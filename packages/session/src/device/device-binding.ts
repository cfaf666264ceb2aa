import type { Clock } from '@latchkey/core'
import type { Emit, RequestView } from '@latchkey/core/adapter'
import type { SessionCookies } from '../delivery/cookies.js'
import { jsonAnswer, type SessionAnswer } from '../delivery/session-answer.js'
import type { SessionEvent } from '../events/events.js'
import { type KnownSession, refreshRejected } from '../refresh/known-session.js'
import type { EndSession } from '../revocation/end-session.js'
import type { BeginWithStore } from '../store/guarded-store.js'
import type { NewFamily } from '../store/session-store.js'
import type { Issued } from '../tokens/issue-tokens.js'
import { newTagKey } from '../tokens/refresh-token.js'
import { bindWithin, createBindDevice } from './bind-device.js'
import type { DeviceBound } from './device-option.js'
import { instructionsOf } from './instructions.js'
import type { PendingBindings } from './pending-bindings.js'
import { proveDevice } from './prove-device.js'
import { registrationField } from './registration.js'

/** What a new session keeps, and what its log-in answers, so that a browser can bind it. */
interface Offer {
  readonly kept: Pick<NewFamily, 'challengeKey' | 'bindWithin'>
  readonly headers: Readonly<Record<string, string>>
}

/** Binding sessions to devices, as the verbs use it. */
export interface DeviceBinding {
  /** For a session that is about to begin. */
  offer(session: string): Promise<Offer>
  /** The verb: binds the session of the refresh token, or that of the challenge where none came along. */
  bind(view: RequestView, refreshToken: string | undefined): Promise<SessionAnswer>
  /**
   * Whether a refresh is proven by the session's device; false where the session is not bound.
   *
   * @param view undefined in passing, where a bound session is never refreshed
   * @throws AuthError `proof_required` or `refresh_rejected`, and nothing has changed
   */
  prove(session: KnownSession, view: RequestView | undefined): Promise<boolean>
  /** The answer to a bound session's refresh: any other body than the instructions ends the browser's session. */
  instruct(session: string, issued: Issued): SessionAnswer
}

/** What `createDeviceBinding` needs to know. */
export interface DeviceBindingContext {
  readonly options: DeviceBound
  readonly cookies: SessionCookies
  readonly begin: BeginWithStore
  readonly end: EndSession
  readonly emit: Emit<SessionEvent>
  readonly clock: Clock
  /** Undefined: access tokens of sessions that were not bound in time live until they expire. */
  readonly pending: PendingBindings | undefined
}

/** Composes the binding of an app's sessions to devices. */
export function createDeviceBinding(context: DeviceBindingContext): DeviceBinding {
  const { options, cookies, begin, end, emit, clock, pending } = context
  const { path, exclude, mode } = options
  const rules = { path, exclude, cookie: cookies.access.name, attributes: attributesOf(cookies) }
  const bindDevice = createBindDevice({ begin, end, clock })

  return {
    offer: async (session) => {
      const challengeKey = newTagKey()
      const headers = await registrationField(session, { key: challengeKey, path: `${path}/device`, now: clock() })
      if (mode === 'offered') return { kept: { challengeKey }, headers }
      pending?.add(session, bindWithin)
      return { kept: { challengeKey, bindWithin }, headers }
    },
    bind: async (view, refreshToken) => {
      const session = await bindDevice(view, refreshToken)
      pending?.settled(session)
      emit({ type: 'session_bound', session })
      return jsonAnswer(instructionsOf(session, rules))
    },
    prove: async (session, view) => {
      if (view !== undefined) {
        const mismatch = (reason: Parameters<typeof refreshRejected>[0]) =>
          emit({ type: 'device_mismatch', session: session.id, reason })
        return proveDevice({ view, session, now: clock() }, mismatch)
      }
      if (session.deviceKey !== null) throw refreshRejected('proof_missing')
      return false
    },
    instruct: (session, { expiresIn, answer }) =>
      jsonAnswer({ ...instructionsOf(session, rules), expiresIn }, answer.cookies),
  }
}

/** The access cookie's attributes without Max-Age. */
function attributesOf({ access }: SessionCookies): string {
  const { path, domain, secure, sameSite } = access.clear()
  const attributes = [
    `Path=${path}`,
    ...(domain === undefined ? [] : [`Domain=${domain}`]),
    ...(secure ? ['Secure'] : []),
    'HttpOnly',
    `SameSite=${sameSite}`,
  ]
  return attributes.join('; ')
}
