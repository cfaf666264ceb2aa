import { createStoredKeyring, memoryStore } from '@latchkey/session'
import { SignJWT } from 'jose'
import { expect, it } from 'vitest'
import { createSessionApp } from './harness/session-app.js'

// Somebody has copied the signing key and makes tokens for anybody. It is withdrawn in one process; the others only verify, and no
// token names a key that would make them look.

it('forged tokens are refused by every process within two seconds, remembered ones too', async () => {
  const store = memoryStore()
  const open = () => createStoredKeyring({ store, keyEncryptionKeys: [new Uint8Array(32).fill(7)] })
  const [there, here] = await Promise.all([open(), open()])
  const about = { store, issuer: 'https://app.example', audience: 'app' }
  const verifying = createSessionApp({ ...about, keyring: here })
  const { kid = '', alg, key } = await there.signingKey()
  const forged = await new SignJWT({ sub: 'admin', sid: 'x' })
    .setProtectedHeader({ alg, kid, typ: 'at+jwt' })
    .setIssuer(about.issuer)
    .setAudience(about.audience)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(key)
  expect(await verifying.me(forged)).toBe(200)
  await there.withdraw(kid)
  await expect.poll(() => verifying.me(forged), { timeout: 2000, interval: 50 }).toBe(401)
  for (const ring of [there, here]) ring.close()
})
