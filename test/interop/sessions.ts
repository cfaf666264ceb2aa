import { createKeyring, createSecretKeyring, createSessions, type Keyring, type Login } from '@latchkey/session'
import { audience, issuer, type PeerKey } from './peer.js'

/** The access token that sessions issue for a log-in, signed with the key. */
export async function issuedWith(key: PeerKey, login: Login): Promise<string> {
  const sessions = createSessions({ keyring: await keyringOf(key), issuer, audience, delivery: 'body' })
  const view = { method: 'POST', header: () => undefined, url: () => `${issuer}/session` }
  const { body } = await sessions.start(view, login)
  const { accessToken }: { accessToken: string } = JSON.parse(body)
  return accessToken
}

async function keyringOf({ alg, kid, signing }: PeerKey): Promise<Keyring> {
  return alg === 'HS256'
    ? createSecretKeyring({ secret: signing })
    : createKeyring({ keys: [{ kid, alg, pem: signing }] })
}
