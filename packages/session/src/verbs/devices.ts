import type { EndSession } from '../revocation/end-session.js'
import type { BeginWithStore } from '../store/guarded-store.js'
import { isFamilyId, subjectSelector } from '../tokens/refresh-token.js'
import type { Sessions } from './sessions.js'

/** A living session, for a page of devices. Times are in seconds since the epoch. */
export interface ListedSession {
  /** The session's id: `sid` in its tokens, `session` in events, and the parameter of `endOne`. */
  readonly id: string
  /** When it started. */
  readonly startedAt: number
  /** When it was last refreshed, or when it started if it was never refreshed. */
  readonly refreshedAt: number
  /** The name that the log-in gave it, or null. It may come from the client, so show it only as text. */
  readonly label: string | null
}

/** Makes the functions for a subject's sessions that need no request. */
export function createDevices(begin: BeginWithStore, end: EndSession): Pick<Sessions, 'list' | 'endOne' | 'endAllOf'> {
  return {
    list: async (sub) => {
      const families = await begin().list(sub)
      return families.map(({ id, startedAt, refreshedAt, label }) => ({ id, startedAt, refreshedAt, label }))
    },
    endOne: async (id, of) => {
      if (!isFamilyId(id)) return false
      // A session's id begins with a hash of its subject, so no look into the store is needed.
      if (of !== undefined && !(await isOfSubject(id, of.sub))) return false
      return end.one(begin(), id, 'end_one')
    },
    endAllOf: (sub) => end.allOf(begin(), sub),
  }
}

/** A `sub` that is missing at run time, as in a token without one, owns no session. */
async function isOfSubject(id: string, sub: unknown): Promise<boolean> {
  return typeof sub === 'string' && id.startsWith(await subjectSelector(sub))
}
