import type { Family } from '../store/session-store.js'
import { type Grant, readHookAnswer } from '../tokens/login.js'

/** The session that `onRefresh` decides about, with its present scope and claims. */
export interface RefreshingSession extends Grant {
  /** The user's id, as the log-in gave it. */
  readonly sub: string
  /** The client, as the log-in gave it; absent if it gave none. */
  readonly clientId?: string
  /** The session's id. */
  readonly session: string
}

/**
 * Says at every refresh what the session may do from now on, e.g. from the app's database. Members that its answer leaves out
 * stay as they are. Null ends the session. What it throws goes to the framework, and the refresh token stays good; a wrong
 * answer is a `ConfigError` with the same effect. It must take much less time than `reuseGrace`: if two tabs refresh at the
 * same time, one that is later than the grace counts as a replay.
 */
export type OnRefresh = (session: RefreshingSession) => Promise<Partial<Grant> | null> | Partial<Grant> | null

/**
 * Calls the app's `onRefresh`.
 *
 * @returns the new grant; undefined if there is no hook; null if the session must end
 * @throws ConfigError, as a rejection, for a wrong answer
 */
export async function askHook(hook: OnRefresh | undefined, session: Family): Promise<Grant | undefined | null> {
  if (hook === undefined) return undefined
  const { id, sub, clientId, scope, claims } = session
  const answer = await hook({ sub, scope, claims, session: id, ...(clientId === undefined ? {} : { clientId }) })
  return answer === null ? null : readHookAnswer(answer, session)
}
