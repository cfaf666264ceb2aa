import { randomUUID } from 'node:crypto'
import { type FamilyStore, memoryStore, type SessionStore, StoreUnavailableError } from '@latchkey/session'
import { describe, expect, test } from 'vitest'
import { Browser } from './browser.js'
import { alice, logIn, me } from './people.js'
import { type Setting, startSetting } from './setting.js'

const event = 'http://schemas.openid.net/event/backchannel-logout'

/** A logout token's claims as they should be, with changes; those given as undefined are left out. */
function claims({ provider }: Setting, changes: object = {}): object {
  const now = Math.floor(Date.now() / 1000)
  const good = { iss: provider.issuer, aud: 'web', sub: 'alice', iat: now, exp: now + 120, jti: randomUUID() }
  return { ...good, events: { [event]: {} }, ...changes }
}

async function post({ url }: Setting, ...tokens: string[]): Promise<string> {
  const body = new URLSearchParams(tokens.map((token): [string, string] => ['logout_token', token]))
  const response = await fetch(`${url}/back-channel`, { method: 'POST', body })
  return `${response.status} ${response.headers.get('cache-control')}`
}

const good = '200 no-store'
const refused = '400 no-store'

describe('a logout token', { timeout: 30_000 }, () => {
  test('with a subject ends all of its sessions; a later log-in lives, and the token is good once', async () => {
    await using setting = await startSetting('Hono')
    const [here, there] = [await logIn(setting), await logIn(setting)]
    const bob = await logIn(setting, undefined, { account: 'bob', consent: 'yes' })
    const token = await setting.provider.sign(claims(setting), 'logout+jwt')
    expect(await post(setting, token)).toBe(good)
    expect([await me(setting, here), await me(setting, there)]).toEqual(['401 token_rejected', '401 token_rejected'])
    expect(await me(setting, bob)).toBe('200 user bob')

    await logIn(setting, here)
    expect(await post(setting, token)).toBe(refused)
    expect([await me(setting, here), await me(setting, there)]).toEqual(['200 user alice', '401 token_rejected'])
    expect((await there.send(`${setting.url}/session/refresh`, { method: 'POST' })).status).toBe(401)
  })

  test('with a session id alone ends that session alone', async () => {
    await using setting = await startSetting('Hono')
    const [here, there] = [await logIn(setting), await logIn(setting)]
    const sid = setting.loggedIn[1]?.claims['sid']
    expect(sid).toEqual(expect.any(String))
    const token = await setting.provider.sign(claims(setting, { sub: undefined, sid }), 'logout+jwt')
    expect(await post(setting, token)).toBe(good)
    expect([await me(setting, here), await me(setting, there)]).toEqual(['200 user alice', '401 token_rejected'])
  })

  test.each(['sub', 'sid'])('ends a log-in that is under way, by %s', async (by) => {
    let meanwhile: (() => Promise<void>) | undefined
    const kept = memoryStore()
    // Between the start of the session and whatever follows it.
    const store: SessionStore = {
      ...kept,
      familiesOf: (issuer) => {
        const families = kept.familiesOf(issuer)
        if (issuer !== 'https://app.example') return families
        return {
          ...families,
          start: async (family) => {
            const started = await families.start(family)
            await meanwhile?.()
            return started
          },
        }
      },
    }
    await using setting = await startSetting('Hono', {}, { store })
    const other = await logIn(setting)
    meanwhile = async () => {
      meanwhile = undefined
      const whose = by === 'sub' ? { sub: 'alice' } : { sub: undefined, sid: setting.loggedIn[1]?.claims['sid'] }
      expect(await post(setting, await setting.provider.sign(claims(setting, whose), 'logout+jwt'))).toBe(good)
    }
    const browser = new Browser()
    const { response } = await browser.follow(`${setting.url}/log-in?returnTo=/me`, alice)
    expect(response?.status).toBe(400)
    expect(await me(setting, browser)).toBe('401 token_missing')
    expect(await setting.sessions.list('user alice')).toHaveLength(by === 'sub' ? 0 : 1)
    expect(await me(setting, other)).toBe(by === 'sub' ? '401 token_rejected' : '200 user alice')

    await logIn(setting, browser)
    expect(await me(setting, browser)).toBe('200 user alice')
  })

  test('in an outage of the store is not used up: the provider may send it again', async () => {
    const kept = memoryStore()
    let isDown = false
    const store: SessionStore = {
      ...kept,
      familiesOf: (issuer) => {
        const families = kept.familiesOf(issuer)
        const list: FamilyStore['list'] = async (sub) => {
          if (isDown) throw new StoreUnavailableError()
          return families.list(sub)
        }
        return { ...families, list }
      },
    }
    await using setting = await startSetting('Hono', {}, { store })
    const browser = await logIn(setting)
    const token = await setting.provider.sign(claims(setting), 'logout+jwt')
    isDown = true
    expect(await post(setting, token)).toBe('503 no-store')
    isDown = false
    expect(await post(setting, token)).toBe(good)
    expect(await me(setting, browser)).toBe('401 token_rejected')
    expect(await post(setting, token)).toBe(refused)
  })

  test('ends sessions as old as they may become', async () => {
    const day = 86_400
    const lives = { idleTtl: 80 * day, absoluteTtl: 90 * day }
    await using setting = await startSetting('Hono', {}, lives)
    const browser = await logIn(setting)
    setting.advance(60 * day)
    const now = Math.floor(Date.now() / 1000) + 60 * day
    const times = { iat: now, exp: now + 120 }
    expect(await post(setting, await setting.provider.sign(claims(setting, times), 'logout+jwt'))).toBe(good)
    expect((await browser.send(`${setting.url}/session/refresh`, { method: 'POST' })).status).toBe(401)
  })

  test("that is the provider's own is good once", async () => {
    await using setting = await startSetting('Hono')
    const browser = await logIn(setting)
    await browser.follow(`${setting.provider.issuer}/session/end?client_id=web`, {})
    const [token = ''] = setting.provider.logoutTokens
    await logIn(setting, browser)
    expect(await post(setting, token)).toBe(refused)
    expect(await me(setting, browser)).toBe('200 user alice')
  })

  test('without a session here is fine, and so is one without explicit type', async () => {
    await using setting = await startSetting('Hono')
    expect(await post(setting, await setting.provider.sign(claims(setting, { sub: 'nobody' }), 'logout+jwt'))).toBe(
      good,
    )
    const browser = await logIn(setting)
    expect(await post(setting, await setting.provider.sign(claims(setting)))).toBe(good)
    expect(await me(setting, browser)).toBe('401 token_rejected')
  })

  const now = () => Math.floor(Date.now() / 1000)
  test.each<[string, () => object, string?]>([
    ['stale', () => ({ iat: now() - 200, exp: now() - 20 })],
    ['old, though it says that it is good for long', () => ({ iat: now() - 700, exp: now() + 3600 })],
    ['without iat', () => ({ iat: undefined })],
    ['without exp', () => ({ exp: undefined })],
    ['for another client', () => ({ aud: 'another' })],
    ['of another issuer', () => ({ iss: 'https://other.example' })],
    ['without jti', () => ({ jti: undefined })],
    ['with an empty jti', () => ({ jti: '' })],
    ['with a nonce', () => ({ nonce: 'n' })],
    ['without events', () => ({ events: undefined })],
    ['with another event', () => ({ events: { 'http://schemas.openid.net/event/other': {} } })],
    ['with events that are a list', () => ({ events: [event] })],
    ['with an event that is no object', () => ({ events: { [event]: true } })],
    ['without sub and sid', () => ({ sub: undefined })],
    ['with a sid that is no text', () => ({ sid: 5 })],
    ['typed as an access token', () => ({ events: undefined }), 'at+jwt'],
    ['typed as something else', () => ({}), 'dpop+jwt'],
  ])('%s is refused, and ends nothing', async (_, changes, typ = 'logout+jwt') => {
    await using setting = await startSetting('Hono')
    const browser = await logIn(setting)
    expect(await post(setting, await setting.provider.sign(claims(setting, changes()), typ))).toBe(refused)
    expect(await me(setting, browser)).toBe('200 user alice')
  })

  test('forged, foreign, no token, two tokens, or an ID token in its place', async () => {
    await using setting = await startSetting('Hono')
    await using another = await startSetting('Hono')
    const browser = await logIn(setting)
    const [token, second] = await Promise.all([1, 2].map(() => setting.provider.sign(claims(setting), 'logout+jwt')))
    const foreign = await another.provider.sign(claims(setting), 'logout+jwt')
    const [head, body, signature] = (token ?? '').split('.')
    const attempts = [
      foreign,
      [head, body, (signature ?? '').split('').reverse().join('')].join('.'),
      [head, body, ''].join('.'),
      'no token',
      '',
      setting.loggedIn[0]?.tokens.idToken ?? '',
    ]
    for (const attempt of attempts) expect(await post(setting, attempt)).toBe(refused)
    expect(await post(setting)).toBe(refused)
    expect(await post(setting, token ?? '', second ?? '')).toBe(refused)
    expect(await me(setting, browser)).toBe('200 user alice')
    // None of it has used up the good one.
    expect(await post(setting, token ?? '')).toBe(good)
  })
})
