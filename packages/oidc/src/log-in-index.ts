import type { Family, FamilyStore, SessionStore } from '@latchkey/session'
import { newFamilyId } from '@latchkey/session/store-kit'
import { ask } from './families.js'

/** A session that started with a log-in at the provider. */
interface IndexedSession {
  readonly session: string
  /** The session's own subject, which may differ from the provider's. */
  readonly sub: string
}

/** The user and session at the provider. */
export interface ProviderIdentity {
  readonly sub?: string | undefined
  readonly sid?: string | undefined
}

/** Finds the sessions that a provider's log-out must end. */
export interface LogInIndex {
  /** Adds a log-in that is not finished yet. A log-out that comes meanwhile ends it. */
  begin(identity: ProviderIdentity): Promise<LogInUnderWay>
  /** Finds the log-ins by `sid` if it is given, else by `sub`. It changes nothing yet. */
  find(identity: ProviderIdentity): Promise<FoundLogIns>
}

/** The log-ins of a user or of a session at the provider. */
interface FoundLogIns {
  /** Ends those that are not finished yet, and gives the sessions of the others. */
  logOut(): Promise<readonly IndexedSession[]>
}

/** A log-in whose user the provider has named, and that has no session yet. */
interface LogInUnderWay {
  /**
   * Adds the session that it has started.
   *
   * @returns false if a log-out came meanwhile, so that the session must end
   */
  finish(session: IndexedSession): Promise<boolean>
}

/** For how many seconds a log-in may stay unfinished. */
const longestLogIn = 600

/**
 * Makes an index that is kept in the sessions' own store. Its entries look like sessions that nobody can refresh. So any
 * session store can keep them, all processes share them, and the store drops them when they expire.
 *
 * A log-in has an entry before it has a session. Either the log-in ends that entry, after it has added its session, or a log-out
 * does: the first one decides whether the session lives.
 *
 * @param store the sessions' store
 * @param scope names the provider and the client, and keeps the entries apart from sessions
 * @param lives for how many seconds an entry is kept: as long as a session can last. An entry whose session has ended does no
 * harm
 */
export function createLogInIndex(store: SessionStore, scope: string, lives: number): LogInIndex {
  const families = store.familiesOf(scope)

  /** Adds an entry, and gives its id. */
  async function enter(key: string, claims: Partial<IndexedSession>, seconds: number): Promise<string> {
    const random = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
    const entry: Parameters<FamilyStore['start']>[0] = {
      id: await newFamilyId(key),
      sub: key,
      audience: [scope],
      scope: [],
      claims: { ...claims },
      label: null,
      current: random(),
      tagKey: random(),
      idleTtl: seconds,
      absoluteTtl: seconds,
      accessTtl: 0,
      perSubject: 1000,
    }
    await ask(families, (index, within) => index.start(entry, within))
    return entry.id
  }

  /** Ends an entry; true if no other call has ended it before. */
  async function end(id: string): Promise<boolean> {
    return (await ask(families, (index, within) => index.end(id, within))) !== null
  }

  return {
    begin: async ({ sub, sid }) => {
      const keys = [...(sid === undefined ? [] : [`sid ${sid}`]), ...(sub === undefined ? [] : [`sub ${sub}`])]
      const underWay: string[] = []
      for (const key of keys) underWay.push(await enter(key, {}, longestLogIn))
      return {
        finish: async (session) => {
          for (const key of keys) await enter(key, session, lives)
          const ended = await Promise.all(underWay.map(end))
          return ended.every(Boolean)
        },
      }
    },
    find: async ({ sub, sid }) => {
      const key = sid === undefined ? `sub ${sub}` : `sid ${sid}`
      const list = () => ask(families, (index, within) => index.list(key, within))
      const entries = await list()
      return {
        logOut: async () => {
          const stopped = await Promise.all(entries.filter(isUnderWay).map(({ id }) => end(id)))
          // A log-in that finished before it could be stopped has added its session before, so a second look finds it. One
          // that began after the first look is later than this log-out.
          const finished = stopped.every(Boolean) ? entries : await list()
          return finished.filter((entry) => !isUnderWay(entry)).map(sessionOf)
        },
      }
    },
  }
}

function isUnderWay({ claims }: Family): boolean {
  return claims['session'] === undefined
}

function sessionOf({ claims }: Family): IndexedSession {
  return { session: String(claims['session']), sub: String(claims['sub']) }
}
