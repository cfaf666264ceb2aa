import { createKeyring, memoryStore } from '@latchkey/session'
import { describe, expect, it } from 'vitest'
import { createSessionApp } from './harness/session-app.js'

// A stolen access token of the native app lives for an hour. The owner signs out on the web, whose tokens live for five minutes; the
// thief waits until the web app has forgotten the revocation, and tries again.

const hour = 3600

describe.each([
  ['a web app with short tokens', { accessTokenTtl: 300, revocation: 'immediate' }],
  ['a job that keeps no list of its own', { accessTokenTtl: 60, revocation: 'expiry' }],
] as const)('ended by %s', (_ender, options) => {
  it('it is refused until it has expired by itself', async () => {
    let now = 1_800_000_000
    const clock = () => now
    const store = memoryStore({ clock })
    const about = {
      keyring: await createKeyring({ clock, retireAfter: 2 * hour }),
      store,
      clock,
      issuer: 'https://app.example',
      audience: 'app',
    }
    const native = createSessionApp({ ...about, accessTokenTtl: hour, revocation: 'immediate' })
    const ender = createSessionApp({ ...about, ...options })
    await Promise.all([native.sessions.ready(), ender.sessions.ready()])
    const { accessToken } = await native.logIn({ sub: 'user-1' })
    expect(await native.me(accessToken)).toBe(200)
    await ender.sessions.endAllOf('user-1')
    for (let waited = 0; waited <= hour + 60; waited += 30) {
      expect(await native.me(accessToken), `${waited} s later`).toBe(401)
      now += 30
    }
  })
})
