import { exportJWK, generateKeyPair } from 'jose'
import { expect, test } from 'vitest'
import { createKeyring, createSessions } from '../index.js'

const view = { method: 'POST', header: () => undefined, url: () => 'https://app.example/login' }
const secret = new Uint8Array(32).fill(3)

async function sessionsWith(encryption: Parameters<typeof createSessions>[0]['encryption'] & object) {
  const keyring = await createKeyring()
  const about = { keyring, issuer: 'https://app.example', audience: 'app', delivery: 'body' } as const
  return (keys = encryption) => createSessions({ ...about, encryption: keys })
}

async function accessTokenOf(sessions: ReturnType<typeof createSessions>): Promise<string> {
  const { body } = await sessions.start(view, { sub: 'ada', claims: { salary: 'a secret' } })
  return (JSON.parse(body) as { accessToken: string }).accessToken
}

const pair = await generateKeyPair('ECDH-ES+A256KW', { extractable: true, crv: 'X25519' })

test.each([
  ['dir', [{ kid: 'one', secret }]],
  ['ECDH-ES+A256KW', [{ kid: 'one', privateJwk: await exportJWK(pair.privateKey) }]],
])('with %s the access token hides its claims and guards open it', async (alg, keys) => {
  const sessions = (await sessionsWith(keys))()
  const token = await accessTokenOf(sessions)
  const segments = token.split('.').map((each) => Buffer.from(each, 'base64url').toString('latin1'))
  expect(JSON.parse(segments[0] ?? '')).toMatchObject({ alg, enc: 'A256GCM', kid: 'one', cty: 'JWT' })
  expect(segments.join()).not.toContain('salary')
  expect((await sessions.verifier.verify(token)).claims['salary']).toBe('a secret')
})

test('a new key goes first, and tokens of the old one are still opened', async () => {
  const make = await sessionsWith([{ kid: 'old', secret }])
  const token = await accessTokenOf(make())
  const rotated = make([
    { kid: 'new', secret: new Uint8Array(32).fill(4) },
    { kid: 'old', secret },
  ])
  expect((await rotated.verifier.verify(token)).claims.sub).toBe('ada')
  const dropped = make([{ kid: 'new', secret: new Uint8Array(32).fill(4) }])
  await expect(async () => dropped.verifier.verify(token)).rejects.toMatchObject({ reason: 'decryption_failed' })
})
