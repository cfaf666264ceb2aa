import type { EndSession } from '../revocation/end-session.js'
import type { BeginWithStore } from '../store/guarded-store.js'
import type { Sessions } from './sessions.js'

/** A living session as a page of devices shows it; times are seconds since the epoch. */
export interface ListedSession {
  /** The session's id: `sid` in its tokens, `session` in events, what `endOne` takes. */
  readonly id: string
  readonly startedAt: number
  /** When it was last refreshed; when it started, until then. */
  readonly refreshedAt: number
  /** What the log-in called it, or null. It may come from the client: show it as text. */
  readonly label: string | null
}

/** What an app does with a subject's sessions, without a request of theirs. */
export function createDevices(begin: BeginWithStore, end: EndSession): Pick<Sessions, 'list' | 'endOne' | 'endAllOf'> {
  return {
    list: async (sub) => {
      const families = await begin().list(sub)
      return families.map(({ id, startedAt, refreshedAt, label }) => ({ id, startedAt, refreshedAt, label }))
    },
    endOne: (id) => end.one(begin(), id, 'end_one'),
    endAllOf: (sub) => end.allOf(begin(), sub),
  }
}
