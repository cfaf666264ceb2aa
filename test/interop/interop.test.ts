import { beforeAll, describe, expect, type TestContext, test } from 'vitest'
import { jsonwebtokenPeer } from './jsonwebtoken.js'
import { newKey } from './keys.js'
import { verifierFor } from './latchkey.js'
import { audience, issuer, type Peer, type PeerAlgorithm, type PeerKey } from './peer.js'
import { pyJwtMissing, pyJwtPeer } from './pyjwt.js'
import { issuedWith } from './sessions.js'

const claimsNow = () => ({
  iss: issuer,
  aud: audience,
  sub: 'alice',
  exp: Math.floor(Date.now() / 1000) + 300,
  iat: Math.floor(Date.now() / 1000),
  jti: 'fd0d8a1e',
  scope: 'posts:read posts:write',
  name: 'Ålice 🔑',
})

const exchanges: readonly { name: string; peer: Peer | undefined; missing: string; alg: PeerAlgorithm }[] = [
  ...(['HS256', 'RS256', 'ES256'] as const).map((alg) => ({
    name: 'jsonwebtoken',
    peer: jsonwebtokenPeer,
    missing: '',
    alg,
  })),
  ...(['HS256', 'RS256', 'ES256', 'EdDSA'] as const).map((alg) => ({
    name: 'PyJWT',
    peer: pyJwtPeer,
    missing: pyJwtMissing,
    alg,
  })),
]

describe.each(exchanges)('$name with $alg', ({ peer: found, missing, alg }) => {
  let key: PeerKey
  let otherKey: PeerKey
  beforeAll(() => {
    key = newKey(alg)
    otherKey = newKey(alg)
  })

  const present = (context: TestContext): Peer => {
    if (found === undefined) return context.skip(missing)
    return found
  }

  test('Latchkey accepts what it signs', async (context) => {
    const claims = claimsNow()
    const token = await present(context).sign(claims, key)
    const auth = await verifierFor(key).verify(token)
    expect(auth.claims).toEqual(claims)
    expect(auth.scope).toEqual(['posts:read', 'posts:write'])
  })

  test('Latchkey refuses what it signs with another key, or for another audience, or long ago', async (context) => {
    const peer = present(context)
    const verifier = verifierFor(key)
    const refusals = [
      ['token_rejected', await peer.sign(claimsNow(), otherKey)],
      ['token_rejected', await peer.sign({ ...claimsNow(), aud: 'https://other.example' }, key)],
      ['token_expired', await peer.sign({ ...claimsNow(), exp: claimsNow().iat - 3600 }, key)],
    ] as const
    for (const [code, token] of refusals) {
      await expect((async () => verifier.verify(token))()).rejects.toMatchObject({ code })
    }
  })

  test('it accepts what our sessions issue, and with another key it does not', async (context) => {
    const peer = present(context)
    const name = 'Ålice 🔑'
    const token = await issuedWith(key, { sub: 'alice', scope: ['posts:read', 'posts:write'], claims: { name } })
    const claims = await peer.verify(token, key)
    expect(claims).toMatchObject({ iss: issuer, aud: audience, sub: 'alice', scope: 'posts:read posts:write', name })
    await expect(peer.verify(token, otherKey)).rejects.toThrow()
  })

  test('it accepts and refuses on its own, so that its word about our tokens counts', async (context) => {
    const peer = present(context)
    const claims = claimsNow()
    expect(await peer.verify(await peer.sign(claims, key), key)).toEqual(claims)
    await expect(peer.verify(await peer.sign(claims, otherKey), key)).rejects.toThrow()
    await expect(peer.verify(await peer.sign({ ...claims, iss: 'https://other.example' }, key), key)).rejects.toThrow()
  })
})
