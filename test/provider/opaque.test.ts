import { createVerifier } from '@latchkey/core'
import { createIntrospection, type IntrospectionOptions } from '@latchkey/introspection'
import { exportJWK, generateKeyPair } from 'jose'
import type { ClientMetadata } from 'oidc-provider'
import { describe, expect, onTestFinished, test } from 'vitest'
import { frameworks } from './apps.js'
import { machineToken, userToken } from './client.js'
import { api, opaqueApi, type RunningProvider, startProvider } from './provider.js'

const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
const secret = 'a secret between the API and its provider'

/** A client of the provider that gets no tokens and asks about those of others. */
function asker(client: Partial<ClientMetadata>): ClientMetadata {
  return { client_id: 'api-', grant_types: [], redirect_uris: [], response_types: [], ...client }
}

const clients = [
  asker({ client_id: 'api-basic', client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' }),
  asker({ client_id: 'api-post', client_secret: secret, token_endpoint_auth_method: 'client_secret_post' }),
  asker({
    client_id: 'api-key',
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [{ ...(await exportJWK(publicKey)), alg: 'RS256', kid: 'api' }] },
  }),
  asker({ client_id: 'no-asker', client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' }),
]

async function start(framework: string, options: Partial<IntrospectionOptions> & { clientId: string }) {
  const provider = await startProvider({ clients })
  const introspection = createIntrospection(options)
  const verifier = createVerifier({ issuer: provider.issuer, audience: [api, opaqueApi], introspection })
  const app = await frameworks[framework]?.(verifier)
  if (app === undefined) throw new Error(`There is no app for ${framework}.`)
  onTestFinished(async () => {
    await app.stop()
    await provider.stop()
  })
  const get = async (path: string, token: string) => {
    const response = await fetch(`${app.url}${path}`, { headers: { authorization: `Bearer ${token}` } })
    const { sub, code }: { sub?: string; code?: string } = JSON.parse(await response.text())
    return `${response.status} ${code ?? sub ?? ''}`.trim()
  }
  return { provider, get }
}

async function revoke({ issuer }: RunningProvider, token: string): Promise<void> {
  const body = new URLSearchParams({ token })
  const client = Buffer.from('machine:a secret between the machine and its provider').toString('base64')
  await fetch(`${issuer}/token/revocation`, { method: 'POST', body, headers: { authorization: `Basic ${client}` } })
}

describe.each(Object.keys(frameworks))(
  '%s behind a provider that gives opaque tokens',
  { timeout: 30_000 },
  (framework) => {
    test('takes these and JWTs side by side, of machines and of users', async () => {
      const { provider, get } = await start(framework, { clientId: 'api-basic', clientSecret: secret })
      const opaque = await machineToken(provider.issuer, { resource: opaqueApi, scope: 'posts:read' })
      const jwt = await machineToken(provider.issuer, { resource: api, scope: 'posts:read' })
      expect([opaque.split('.').length, jwt.split('.').length]).toEqual([1, 3])
      expect([await get('/posts', opaque), await get('/posts', jwt)]).toEqual(['200', '200'])
      const user = await userToken(provider.issuer, 'alice', { resource: opaqueApi, scope: 'posts:read' })
      expect(await get('/me', user)).toBe('200 alice')
    })

    test('refuses one of too little scope, one that was never issued and one that was revoked', async () => {
      const { provider, get } = await start(framework, { clientId: 'api-basic', clientSecret: secret, cacheFor: 0 })
      const token = await machineToken(provider.issuer, { resource: opaqueApi, scope: 'posts:write' })
      expect(await get('/posts', token)).toBe('403 scope_insufficient')
      expect(await get('/posts', 'made-up')).toBe('401 token_rejected')
      expect(await get('/me', token)).toMatch('200')
      await revoke(provider, token)
      expect(await get('/me', token)).toBe('401 token_rejected')
    })
  },
)

test.each([
  ['a secret in the body', { clientId: 'api-post', clientSecret: secret, secretIn: 'post' } as const],
  ['a key', { clientId: 'api-key', privateKey: { key: privateKey, kid: 'api' } }],
])('asks with %s', async (_, options) => {
  const { provider, get } = await start('Hono', options)
  const token = await userToken(provider.issuer, 'alice', { resource: opaqueApi })
  expect(await get('/me', token)).toBe('200 alice')
})

test('an API that may not ask takes no token, and one with a wrong secret answers 503', async () => {
  const refused = await start('Hono', { clientId: 'no-asker', clientSecret: secret })
  const token = await userToken(refused.provider.issuer, 'alice', { resource: opaqueApi })
  expect(await refused.get('/me', token)).toBe('401 token_rejected')
  const unknown = await start('Hono', { clientId: 'api-basic', clientSecret: 'wrong' })
  expect(await unknown.get('/me', token)).toBe('503 keys_unavailable')
})

test('signs nobody out while the provider is away', async () => {
  const { provider, get } = await start('Hono', { clientId: 'api-basic', clientSecret: secret })
  const seen = await userToken(provider.issuer, 'alice', { resource: opaqueApi })
  const unseen = await userToken(provider.issuer, 'alice', { resource: opaqueApi })
  expect(await get('/me', seen)).toBe('200 alice')
  await provider.stop()
  expect(await get('/me', seen)).toBe('200 alice')
  expect(await get('/me', unseen)).toBe('503 keys_unavailable')
})
