import type { FamilyStore, SessionStore } from '@latchkey/session'
import { newFamilyId } from '@latchkey/session/store-kit'
import { ask } from './families.js'

/** A session of ours that began with a log-in at the provider. */
interface IndexedSession {
  readonly session: string
  /** Our subject, which need not be the provider's. */
  readonly sub: string
}

/** By whom a session was begun, in the provider's words. */
export interface ProviderIdentity {
  readonly sub?: string | undefined
  readonly sid?: string | undefined
}

/** Finds the sessions that a provider's log-out is about. */
export interface LogInIndex {
  add(identity: ProviderIdentity, session: IndexedSession): Promise<void>
  /** By `sid` where there is one: that session alone. Else by `sub`. */
  find(identity: ProviderIdentity): Promise<readonly IndexedSession[]>
}

/**
 * Keeps the index in the sessions' own store, as entries that are like sessions nobody can refresh: any store that keeps
 * sessions keeps these, shared by as many processes, and forgets them in time.
 *
 * @param scope keeps the entries apart from sessions: the provider and the client
 * @param lives seconds that an entry is kept: as long as a session can last; one that outlives its session finds nothing
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
