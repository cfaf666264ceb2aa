import type { Clock } from '@latchkey/core'
import type { Emit } from '@latchkey/core/adapter'
import type { SessionAnswer } from '../delivery/session-answer.js'
import type { DeviceBinding } from '../device/device-binding.js'
import type { SessionEvent } from '../events/events.js'
import type { EndSession } from '../revocation/end-session.js'
import type { GuardedStore } from '../store/guarded-store.js'
import type { TokenIssuer } from '../tokens/issue-tokens.js'
import type { CheckedLogin } from '../tokens/login.js'
import { hashRefreshToken, makeRefreshToken, newFamilyId, newTagKey } from '../tokens/refresh-token.js'

/** What `createStartSession` needs. */
export interface StartContext {
  readonly tokens: TokenIssuer
  readonly end: EndSession
  readonly emit: Emit<SessionEvent>
  readonly clock: Clock
  /** How many living sessions a subject may have. Default 100. */
  readonly sessionsPerSubject?: number | undefined
  /** Undefined: no session is bound to a device. */
  readonly device?: DeviceBinding | undefined
}

/** Starts the session of a log-in. Rejects with `request_malformed` if its tokens are too long, or with `store_unavailable`. */
export type StartSession = (store: GuardedStore, login: CheckedLogin) => Promise<SessionAnswer>

/**
 * Makes the function that starts sessions. It makes the tokens first, so that a token that does not fit is refused before there
 * is a session. A small difference between the clocks of this process and of the store does not matter.
 */
export function createStartSession(context: StartContext): StartSession {
  const { tokens, end, emit, clock, sessionsPerSubject = 100, device } = context
  return async (store, login) => {
    const id = await newFamilyId(login.sub)
    const tagKey = newTagKey()
    const refreshToken = await makeRefreshToken(id, tagKey)
    const { lives, audience } = tokens
    const { answer } = await tokens.issue({ ...login, id, absoluteEnd: clock() + lives.absoluteTtl }, refreshToken)
    const registration = await device?.offer(id)
    const { evicted } = await store.start({
      ...login,
      ...lives,
      id,
      audience,
      tagKey,
      current: await hashRefreshToken(refreshToken),
      perSubject: sessionsPerSubject,
      ...registration?.kept,
    })
    end.tell(evicted, 'evicted')
    emit({ type: 'session_started', session: id })
    return { ...answer, headers: { ...answer.headers, ...registration?.headers } }
  }
}
