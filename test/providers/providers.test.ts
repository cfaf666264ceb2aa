import { type AuthError, ConfigError, createVerifier } from '@latchkey/core'
import * as door from '@latchkey/core/providers'
import {
  auth0,
  clerk,
  cloudflareAccess,
  cognito,
  entra,
  githubActions,
  googleIap,
  keycloak,
} from '@latchkey/core/providers'
import { honoAuth } from '@latchkey/hono'
import { createTestKey } from '@latchkey/testing'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { now, type ProviderCase, playProvider, sign } from './provider-world.js'
import { providers } from './providers.js'

it('every provider is tried', () => {
  expect(providers.map(({ name }) => name).toSorted()).toEqual(Object.keys(door).toSorted())
})

describe.each(providers.map((provider) => [provider.name, provider] as const))('%s', (_name, provider) => {
  it('a token and a key set as it documents them are accepted', async () => {
    const { verifier, asked, token } = playProvider(provider)
    expect(await verifier.verify(token())).toMatchObject({ claims: provider.claims })
    expect(asked).toEqual([...(provider.metadata === undefined ? [] : [provider.metadata]), provider.keys])
  })

  it.each(Object.entries(provider.refused))(
    '%s is refused, though its keys signed it',
    async (_what, [claims, reason]) => {
      const { verifier, token } = playProvider(provider)
      await verifier.verify(token())
      await expect(Promise.resolve().then(() => verifier.verify(token(claims)))).rejects.toMatchObject({ reason })
    },
  )

  it('another key under its kid, and HMAC, are refused', async () => {
    const { verifier } = playProvider(provider)
    const forge = (alg: 'RS256' | 'ES256' | 'HS256') =>
      sign(createTestKey(alg, { kid: 'a1b2c3' }), { ...provider, alg: alg as ProviderCase['alg'] }, {})
    const refusal = async (text: string) => {
      try {
        await verifier.verify(text)
        return 'accepted'
      } catch (error) {
        return (error as AuthError).reason
      }
    }
    expect(await refusal(forge(provider.alg))).toBe('signature_invalid')
    expect(await refusal(forge('HS256'))).toBe('alg_not_allowed')
  })
})

describe('what its users may do', () => {
  it.each<[string, Record<string, unknown>, { scope?: string[]; roles?: string[] }]>([
    ['auth0', {}, { scope: ['read:messages'] }],
    ['auth0', { permissions: undefined }, { scope: ['openid', 'read:messages'] }],
    ['auth0', { permissions: [] }, { scope: [] }],
    ['keycloak', {}, { scope: ['openid', 'profile'], roles: ['offline_access'] }],
    ['cognito', {}, { scope: ['api/read'], roles: ['admins'] }],
    ['entra', { roles: ['Editor'] }, { scope: ['access_as_user'], roles: ['Editor'] }],
    ['entra', { roles: ['Editor'], scp: undefined }, { scope: [], roles: ['Editor'] }],
    ['okta', {}, { scope: ['openid', 'posts:read'], roles: [] }],
    ['clerk', { o: { id: 'org_1', rol: 'admin' } }, { roles: ['admin'] }],
    ['clerk', { org_role: 'org:admin' }, { roles: ['org:admin'] }],
  ])('%s, %j', async (name, claims, may) => {
    const provider = providers.find((each) => each.name === name)
    if (provider === undefined) throw new Error('There is no such provider.')
    const { verifier, token } = playProvider(provider)
    expect(await verifier.verify(token(claims))).toMatchObject(may)
  })
})

describe('what a proxy puts into a field of its own', () => {
  it.each([
    [
      'cloudflareAccess',
      cloudflareAccess({ team: 'team', audience: 'aud-tag-of-this-app' }),
      'Cf-Access-Jwt-Assertion',
    ],
    ['googleIap', googleIap({ audience: '/projects/123/global/backendServices/456' }), 'X-Goog-Iap-Jwt-Assertion'],
  ] as const)('%s', async (name, options, field) => {
    const provider = providers.find((each) => each.name === name)
    if (provider === undefined) throw new Error('There is no such provider.')
    const key = createTestKey(provider.alg, { kid: 'a1b2c3' })
    const verifier = createVerifier({
      ...options,
      clock: () => now,
      fetch: async () => Response.json({ keys: [key.publicJwk] }),
    })
    const { requireAuth } = honoAuth({ verifier })
    const app = new Hono()
    app.get('/me', requireAuth(), (c) => c.json({ sub: c.var.auth.claims.sub }))
    const token = sign(key, provider, {})
    const answer = await app.request('/me', { headers: { [field]: token } })
    expect(await answer.json()).toEqual({ sub: provider.claims['sub'] })
    expect((await app.request('/me', { headers: { authorization: `Bearer ${token}` } })).status).toBe(401)
  })
})

describe('a mistake is a ConfigError', () => {
  const verifying = (options: object | readonly object[]) => () =>
    createVerifier({ issuers: (Array.isArray(options) ? options : [options]) as never })

  it.each<[string, () => unknown]>([
    ['a URL for a domain', () => auth0('https://tenant.auth0.com', { audience: 'a' })],
    ['a domain with a path', () => auth0('tenant.auth0.com/x', { audience: 'a' })],
    ['no audience', verifying(auth0('tenant.auth0.com', {} as { audience: string }))],
    ['a realm with a slash', () => keycloak({ url: 'https://sso.example', realm: '../x', audience: 'a' })],
    ['a tenant that is a name', () => entra({ tenants: ['common'], audience: 'a' })],
    ['no tenants', () => entra({ tenants: [], audience: 'a' })],
    ['no client', () => cognito({ region: 'r', userPoolId: 'p', clientId: [] })],
    ['no party', () => clerk('clerk.example', { authorizedParties: [], audience: null })],
    ['no repository', () => githubActions({ audience: 'a', repositories: '' })],
  ])('%s', (_what, make) => {
    expect(make).toThrow(ConfigError)
  })
})

describe('Keycloak that is reached by another name', () => {
  it('keys come from there, over plain http by name; the issuer stays the public one', async () => {
    const {
      refused: _refused,
      metadata: _metadata,
      ...rest
    } = providers.find(({ name }) => name === 'keycloak') ?? {
      ...({} as ProviderCase),
    }
    const internalUrl = 'http://keycloak:8080'
    const provider: ProviderCase = {
      ...rest,
      options: () => keycloak({ url: 'https://sso.example', realm: 'main', audience: 'api', internalUrl }),
      keys: `${internalUrl}/realms/main/protocol/openid-connect/certs`,
      refused: {},
    }
    const { verifier, asked, token } = playProvider(provider)
    expect(await verifier.verify(token())).toHaveProperty('claims.iss', 'https://sso.example/realms/main')
    expect(asked).toEqual([provider.keys])
  })
})
