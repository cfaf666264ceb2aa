import { randomBytes } from 'node:crypto'
import { type OidcLogin, oidcLogin } from '@latchkey/oidc'
import { createKeyring, createSessions, type SessionStore } from '@latchkey/session'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type OpenStore, openStore } from '../bench/open-stores.js'
import { needs } from '../servers/needs.js'
import { type RunningStore, storeKinds } from '../servers/stores.js'
import { logIn, me } from './people.js'
import { clientSecret, type Setting, startSetting } from './setting.js'

const secrets = [randomBytes(32)]
const keeping = { keepTokens: true, secrets, scope: 'openid offline_access', parameters: { prompt: 'consent' } }

describe.each(storeKinds.filter(({ shared }) => shared))('log-in with a provider, on $name', (kind) => {
  describe('the store', needs(kind.missing), () => {
    let server: RunningStore
    let opened: OpenStore[] = []
    beforeAll(async () => {
      server = await kind.start()
    })
    afterEach(async () => {
      await Promise.all(opened.map(({ close }) => close()))
      opened = []
    })
    afterAll(() => server?.stop())

    /** Over a connection of its own. */
    function open(database: string): SessionStore {
      const another = openStore(database)
      opened.push(another)
      return another.store
    }

    test("the provider's log-out ends the sessions that it names, and no other", async () => {
      await using setting = await startSetting('Hono', {}, { store: open(await server.database()) })
      const [here, there] = [await logIn(setting), await logIn(setting)]
      await here.follow(`${setting.provider.issuer}/session/end?client_id=web`, {})
      expect(await me(setting, here)).toBe('401 token_rejected')
      expect(await me(setting, there)).toBe('200 user alice')
      await logIn(setting, here)
      expect(await me(setting, here)).toBe('200 user alice')
    })

    test("no session has the provider's tokens by an id that is none", async () => {
      await using setting = await startSetting('Hono', keeping, { store: open(await server.database()) })
      for (const id of ['', 'a\0b', '}{', 'x'.repeat(100_000)]) expect(await setting.login.accessToken(id)).toBeNull()
    })

    test("the provider's tokens are refreshed once over four processes, and are gone with the session", async () => {
      const database = await server.database()
      let refreshes = 0
      const counting: typeof fetch = (input, init) => {
        if (String(init?.body).includes('grant_type=refresh_token')) refreshes++
        return fetch(input, init)
      }
      await using setting = await startSetting('Hono', keeping, { store: open(database) })
      await logIn(setting)
      const [session] = await setting.sessions.list('user alice')
      const id = session?.id ?? ''
      const before = await setting.login.accessToken(id)
      const processes = await Promise.all([1, 2, 3, 4].map(() => anotherProcess(setting, open(database), counting)))
      const asked = processes.flatMap((process) => Array.from({ length: 10 }, () => process.accessToken(id)))
      const tokens = new Set(await Promise.all(asked))
      expect([refreshes, tokens.size]).toEqual([1, 1])
      expect([...tokens]).not.toEqual([before])
      expect(await server.dump()).not.toContain(before)
      await setting.sessions.endOne(id)
      expect(await processes[0]?.accessToken(id)).toBeNull()
    })
  })
})

/** Knows the others by the store alone; its clock says that the tokens are about to expire. */
async function anotherProcess(setting: Setting, store: SessionStore, send: typeof fetch): Promise<OidcLogin> {
  const sessions = createSessions({
    keyring: await createKeyring(),
    store,
    issuer: 'https://app.example',
    audience: 'https://app.example',
  })
  await sessions.ready()
  return oidcLogin({
    issuer: setting.provider.issuer,
    clientId: 'web',
    clientSecret,
    redirectUri: `${setting.url}/callback`,
    secrets,
    sessions,
    onLogin: () => null,
    clock: () => Date.now() / 1000 + 580,
    fetch: send,
  })
}
