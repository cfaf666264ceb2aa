import type { FamilyStore, SessionStore } from '@latchkey/session'
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
  /** Adds a session under the provider's `sid` and `sub`, if they are given. */
  add(identity: ProviderIdentity, session: IndexedSession): Promise<void>
  /** Finds sessions: by `sid` if it is given, else by `sub`. */
  find(identity: ProviderIdentity): Promise<readonly IndexedSession[]>
}

/**
 * Makes an index that is kept in the sessions' own store. Its entries look like sessions that nobody can refresh. So any
 * session store can keep them, all processes share them, and the store drops them when they expire.
 *
 * @param store the sessions' store
 * @param scope names the provider and the client, and keeps the entries apart from sessions
 * @param lives for how many seconds an entry is kept: as long as a session can last. An entry whose session has ended does no
 * harm
 */
export function createLogInIndex(store: SessionStore, scope: string, lives: number): LogInIndex {
  const families = store.familiesOf(scope)

  async function enter(key: string, { session, sub }: IndexedSession): Promise<void> {
    const random = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
    const entry: Parameters<FamilyStore['start']>[0] = {
      id: await newFamilyId(key),
      sub: key,
      audience: [scope],
      scope: [],
      claims: { session, sub },
      label: null,
      current: random(),
      tagKey: random(),
      idleTtl: lives,
      absoluteTtl: lives,
      accessTtl: 0,
      perSubject: 1000,
    }
    await ask(families, (store, within) => store.start(entry, within))
  }

  return {
    add: async ({ sub, sid }, session) => {
      if (sid !== undefined) await enter(`sid ${sid}`, session)
      if (sub !== undefined) await enter(`sub ${sub}`, session)
    },
    find: async ({ sub, sid }) => {
      const key = sid === undefined ? `sub ${sub}` : `sid ${sid}`
      const entries = await ask(families, (store, within) => store.list(key, within))
      return entries.map(({ claims }) => ({ session: String(claims['session']), sub: String(claims['sub']) }))
    },
  }
}
