import type { Clock } from '@latchkey/core'
import type { Emit, RequestView } from '@latchkey/core/adapter'
import type { SessionCookies } from '../delivery/cookies.js'
import { jsonAnswer, type SessionAnswer } from '../delivery/session-answer.js'
import type { SessionEvent } from '../events/events.js'
import type { EndSession } from '../revocation/end-session.js'
import type { BeginWithStore } from '../store/guarded-store.js'
import type { NewFamily } from '../store/session-store.js'
import type { Issued } from '../tokens/issue-tokens.js'
import { newTagKey } from '../tokens/refresh-token.js'
import { bindWithin, createBindDevice } from './bind-device.js'
import type { DeviceBound } from './device-option.js'
import { instructionsOf } from './instructions.js'
import type { PendingBindings } from './pending-bindings.js'
import { registrationField } from './registration.js'

/** What a new session stores, and the fields of its log-in's answer, so that a browser can bind it. */
interface Offer {
  readonly kept: Pick<NewFamily, 'challengeKey' | 'bindWithin'>
  readonly headers: Readonly<Record<string, string>>
}

/** Binds sessions to devices. The verbs use it. */
export interface DeviceBinding {
  /** Makes the offer for a session that is about to start. */
  offer(session: string): Promise<Offer>
  /** The verb: binds the session of the refresh token, or, without one, the session that the challenge names. */
  bind(view: RequestView, refreshToken: string | undefined): Promise<SessionAnswer>
  /** Makes the answer to a bound session's refresh: the instructions. With any other body, the browser would end its session. */
  instruct(session: string, issued: Issued): SessionAnswer
}

/** What `createDeviceBinding` needs. */
export interface DeviceBindingContext {
  readonly options: DeviceBound
  readonly cookies: SessionCookies
  readonly begin: BeginWithStore
  readonly end: EndSession
  readonly emit: Emit<SessionEvent>
  readonly clock: Clock
  /** Undefined: the access tokens of sessions that were not bound in time are good until they expire. */
  readonly pending: PendingBindings | undefined
}

/** Makes the binding of an app's sessions to devices. */
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
    instruct: (session, { expiresIn, answer }) =>
      jsonAnswer({ ...instructionsOf(session, rules), expiresIn }, answer.cookies),
  }
}

/** Gives the access cookie's attributes without Max-Age. */
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
