import { memoryStore, type SessionStore } from '@latchkey/session'
import { expect, test } from 'vitest'
import { createLogInIndex } from './log-in-index.js'

const scope = 'https://id.example client'
const user = { sub: 'user-1' }

test('a log-out ends while other log-ins of the user begin and finish all the time', async () => {
  const store = memoryStore({ clock: () => 1_800_000_000 })
  const index = createLogInIndex(store, scope, 3600)
  let reads = 0
  let logIns = 0

  /** Begins a log-in, which finishes when it is told to. */
  async function begin(): Promise<() => Promise<boolean>> {
    const session = `session-${++logIns}`
    const underWay = await index.begin(user)
    return () => underWay.finish({ session, sub: 'user-1' })
  }

  let finish = await begin()
  // After each look, the log-in that it has found finishes, and another begins.
  const restless: SessionStore = {
    ...store,
    familiesOf: (issuer) => {
      const families = store.familiesOf(issuer)
      return {
        ...families,
        list: async (sub) => {
          const found = await families.list(sub)
          if (++reads > 10) return []
          expect(await finish()).toBe(true)
          finish = await begin()
          return found
        },
      }
    },
  }
  const found = await createLogInIndex(restless, scope, 3600).find(user)
  const ended = await found.logOut()
  expect(ended.map(({ session }) => session)).toContain('session-1')
  expect(reads).toBe(2)
})
