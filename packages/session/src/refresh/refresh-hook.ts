import type { Family } from '../store/session-store.js'
import { type Grant, readHookAnswer } from '../tokens/login.js'

/** What the refresh hook is asked about. */
export interface RefreshingSession extends Grant {
  readonly sub: string
  readonly clientId?: string
  /** The session's id. */
  readonly session: string
}

/**
 * Asked at every refresh that consumes a token: what the session may do from now on, read from the app's own database. What
 * is left out stays as it is; null ends the session. What it throws passes through to the framework, and the refresh token
 * is not consumed; a wrong answer is a `ConfigError` that does the same. Keep it well under `reuseGrace`: of two tabs that
 * refresh at once, one that is later than that is taken for a replay.
 */
export type OnRefresh = (session: RefreshingSession) => Promise<Partial<Grant> | null> | Partial<Grant> | null

/**
 * Asks the hook.
 *
 * @returns the new grant; undefined where there is no hook, null where the session is to end
 */
export async function askHook(hook: OnRefresh | undefined, session: Family): Promise<Grant | undefined | null> {
  if (hook === undefined) return undefined
  const { id, sub, clientId, scope, claims } = session
  const answer = await hook({ sub, scope, claims, session: id, ...(clientId === undefined ? {} : { clientId }) })
  return answer === null ? null : readHookAnswer(answer, session)
}
