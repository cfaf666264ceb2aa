import { createKeyring, memoryStore } from '@latchkey/session'
import { expect, it } from 'vitest'
import { createSessionApp } from './harness/session-app.js'

// A customer of the shop posts his refresh token to the admin app, which keeps its sessions in the same store, and hopes for an
// access token of the admin app with his subject, or to sign an administrator of that name out.

const store = memoryStore()
const shop = createSessionApp({
  keyring: await createKeyring(),
  store,
  issuer: 'https://shop.example',
  audience: 'shop',
})
const admin = createSessionApp({
  keyring: await createKeyring(),
  store,
  issuer: 'https://admin.example',
  audience: 'admin',
})

it('the admin app knows no session of the shop', async () => {
  const customer = await shop.logIn({ sub: 'user-1' })
  const root = await admin.logIn({ sub: 'user-1' })
  expect((await admin.refresh(customer.refreshToken)).status).toBe(401)
  expect(await admin.me(customer.accessToken)).toBe(401)
  await shop.sessions.endAllOf('user-1')
  expect((await shop.refresh(customer.refreshToken)).status).toBe(401)
  expect((await admin.refresh(root.refreshToken)).status).toBe(200)
  expect(admin.events.map(({ type }) => type)).not.toContain('session_ended')
})

it('an API of the same issuer that the log-in was not for gives no token', async () => {
  const keyring = await createKeyring()
  const web = createSessionApp({ keyring, store, issuer: 'https://app.example', audience: 'web' })
  const billing = createSessionApp({ keyring, store, issuer: 'https://app.example', audience: 'billing' })
  const { refreshToken } = await web.logIn({ sub: 'user-1' })
  expect((await billing.refresh(refreshToken)).status).toBe(401)
  expect((await web.refresh(refreshToken)).status).toBe(200)
})
