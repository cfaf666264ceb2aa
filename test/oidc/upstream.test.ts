import { randomBytes } from 'node:crypto'
import { type OidcLogin, oidcLogin } from '@latchkey/oidc'
import { describe, expect, test } from 'vitest'
import { logIn } from './people.js'
import { clientSecret, type Setting, startSetting } from './setting.js'

const secrets = [randomBytes(32)]
const options = { keepTokens: true, secrets, scope: 'openid offline_access', parameters: { prompt: 'consent' } }

async function sessionOf({ sessions }: Setting): Promise<string> {
  const [session] = await sessions.list('user alice')
  return session?.id ?? ''
}

function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

/** How many refreshes the provider has been asked for. */
function counting(): { fetch: typeof fetch; refreshes: () => number } {
  let count = 0
  return {
    refreshes: () => count,
    fetch: (input, init) => {
      if (String(init?.body).includes('grant_type=refresh_token')) count++
      return fetch(input, init)
    },
  }
}

describe("the provider's tokens", { timeout: 30_000 }, () => {
  test('are kept where asked for, sealed, and gone with the session', async () => {
    await using setting = await startSetting('Hono', options)
    await logIn(setting)
    const session = await sessionOf(setting)
    const token = await setting.login.accessToken(session)
    expect(token).toBe(setting.loggedIn[0]?.tokens.accessToken)
    const sealed = await setting.sessions.store.familiesOf('https://app.example').readSealed(session)
    expect(sealed).not.toContain(token)
    await setting.sessions.endAllOf('user alice')
    expect(await setting.login.accessToken(session)).toBeNull()
  })

  test('are not kept otherwise', async () => {
    await using setting = await startSetting('Hono')
    await logIn(setting)
    expect(await setting.login.accessToken(await sessionOf(setting))).toBeNull()
  })

  test('are refreshed once for all who need them, over four processes', async () => {
    const { fetch, refreshes } = counting()
    await using setting = await startSetting('Hono', { ...options, fetch })
    await logIn(setting)
    const session = await sessionOf(setting)
    const before = await setting.login.accessToken(session)
    // Each knows the others by the store alone.
    const processes = Array.from({ length: 4 }, (): OidcLogin => {
      return oidcLogin({
        issuer: setting.provider.issuer,
        clientId: 'web',
        clientSecret,
        redirectUri: `${setting.url}/callback`,
        secrets,
        sessions: setting.sessions,
        onLogin: () => null,
        clock: () => Date.now() / 1000 + 580,
        fetch,
      })
    })
    const asked = processes.flatMap((process) => Array.from({ length: 25 }, () => process.accessToken(session)))
    const tokens = new Set(await Promise.all(asked))
    expect(refreshes()).toBe(1)
    expect(tokens.size).toBe(1)
    expect([...tokens]).not.toEqual([before])
  })

  test('outlive an outage of the provider, which is 503', async () => {
    await using setting = await startSetting('Hono', options)
    await logIn(setting)
    const session = await sessionOf(setting)
    setting.advance(580)
    await setting.provider.stop()
    await expect(setting.login.accessToken(session)).rejects.toMatchObject({ status: 503, code: 'keys_unavailable' })
    setting.advance(-580)
    expect(await setting.login.accessToken(session)).toBe(setting.loggedIn[0]?.tokens.accessToken)
  })

  test('name the user to the provider at log-out, also after a refresh; a log-out of another site gets nothing', async () => {
    await using setting = await startSetting('Hono', options)
    const browser = await logIn(setting)
    setting.advance(580)
    await setting.login.accessToken(await sessionOf(setting))
    const logOut = (headers = {}) => browser.send(`${setting.url}/log-out`, { method: 'POST', headers })
    const elsewhere = await logOut({ 'sec-fetch-site': 'cross-site' })
    expect([elsewhere.status, elsewhere.headers.get('location')]).toEqual([403, null])
    // Not by the access token, which has expired by now.
    const { searchParams } = new URL((await logOut()).headers.get('location') ?? '')
    expect(claimsOf(searchParams.get('id_token_hint') ?? '')).toMatchObject({ sub: 'alice', aud: 'web' })
    const { searchParams: second } = new URL((await logOut()).headers.get('location') ?? '')
    expect(second.has('id_token_hint')).toBe(false)
  })

  test('are gone where the provider gives no more', async () => {
    await using setting = await startSetting('Hono', options)
    await logIn(setting)
    const session = await sessionOf(setting)
    const { issuer } = setting.provider
    const body = new URLSearchParams({ token: setting.loggedIn[0]?.tokens.refreshToken ?? '' })
    const client = Buffer.from('web:a+secret+between+the+app+and+its+provider').toString('base64')
    const headers = { authorization: `Basic ${client}` }
    expect((await fetch(`${issuer}/token/revocation`, { method: 'POST', body, headers })).status).toBe(200)
    setting.advance(580)
    expect(await setting.login.accessToken(session)).toBeNull()
  })
})
