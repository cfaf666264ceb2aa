import { describe, expect, it } from 'vitest'
import { audience, issuer, now, viewOf } from '../test/fixtures.js'
import { boundToken, issuerKey } from '../test/proofs.js'
import { createDpop } from './binding/dpop.js'
import { ConfigError } from './config-error.js'
import { createVerifier } from './create-verifier.js'
import { denialOf } from './denial.js'
import { type ProtectedResourceOptions, protectedResource } from './protected-resource.js'
import { createRequirement } from './requirement/requirement.js'
import type { Verifier } from './verifier.js'
import type { SharedOptions } from './verifier-options.js'

const resource = 'https://api.example/v1'
const url = 'https://api.example/.well-known/oauth-protected-resource/v1'

function verifierWith(options: Partial<ProtectedResourceOptions> = {}, shared: SharedOptions = {}): Verifier {
  const described = protectedResource({ resource, ...options })
  return createVerifier({
    issuer,
    audience,
    jwks: { keys: [issuerKey.jwk] },
    clock: () => now,
    resource: described,
    ...shared,
  })
}

function challengeOf(verifier: Verifier, headers: Record<string, string> = {}): string | undefined {
  const decision = verifier.authenticate(viewOf(headers), createRequirement(true))
  if (decision instanceof Promise || !('error' in decision)) throw new Error('The request had to be refused at once.')
  return denialOf(decision.error).headers['www-authenticate']
}

const documentOf = (verifier: Verifier): unknown => JSON.parse(verifier.resourceMetadata?.body ?? 'null')

describe('the metadata', () => {
  it('say what the API is and who issues tokens for it', () => {
    const verifier = verifierWith({ authorizationServers: ['https://id.example'], scopes: ['read'] })
    expect(verifier.resourceMetadata).toMatchObject({
      path: '/.well-known/oauth-protected-resource/v1',
      status: 200,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'public, max-age=3600',
        'access-control-allow-origin': '*',
      },
    })
    expect(documentOf(verifier)).toEqual({
      resource,
      authorization_servers: ['https://id.example'],
      scopes_supported: ['read'],
      bearer_methods_supported: ['header'],
    })
  })

  it('say how proofs are made, and leave Bearer out where only bound tokens are accepted', () => {
    const dpop = { algorithms: ['ES256'] } as const
    const about = { resource, dpop_signing_alg_values_supported: ['ES256'] }
    expect(documentOf(verifierWith({}, { dpop: createDpop(dpop) }))).toEqual({
      ...about,
      bearer_methods_supported: ['header'],
      dpop_bound_access_tokens_required: false,
    })
    expect(documentOf(verifierWith({}, { dpop: createDpop({ ...dpop, required: true }) }))).toEqual({
      ...about,
      dpop_bound_access_tokens_required: true,
    })
  })

  it('name no method where no token comes in Authorization', () => {
    expect(documentOf(verifierWith({}, { tokenFrom: [{ cookie: 'token' }] }))).toEqual({ resource })
  })

  it.each([
    ['https://api.example', ''],
    ['https://api.example/', ''],
    ['https://api.example/v1/', '/v1/'],
    ['http://localhost:3000/mcp', '/mcp'],
  ])('of %s have their place before its path', (name, path) => {
    expect(verifierWith({ resource: name }).resourceMetadata?.path).toBe(`/.well-known/oauth-protected-resource${path}`)
  })

  it('are not there without a resource', () => {
    expect(createVerifier({ issuer, audience, jwks: { keys: [issuerKey.jwk] } }).resourceMetadata).toBeUndefined()
  })
})

describe('a challenge', () => {
  it('says last where the metadata are', () => {
    expect(challengeOf(verifierWith())).toBe(`Bearer resource_metadata="${url}"`)
    expect(challengeOf(verifierWith(), { authorization: 'Bearer x' })).toBe(
      `Bearer error="invalid_token", resource_metadata="${url}"`,
    )
  })

  it('says so with each scheme', () => {
    const verifier = verifierWith({}, { dpop: createDpop({ algorithms: ['ES256'] }) })
    const last = `resource_metadata="${url}"`
    expect(challengeOf(verifier)).toBe(`Bearer ${last}, DPoP algs="ES256", ${last}`)
    expect(challengeOf(verifier, { authorization: `DPoP ${boundToken()}` })).toBe(
      `Bearer ${last}, DPoP error="invalid_dpop_proof", algs="ES256", ${last}`,
    )
  })
})

it.each([
  { resource: undefined },
  { resource: 'api' },
  { resource: 'http://api.example' },
  { resource: 'https://api.example?' },
  { resource: 'https://api.example/#' },
  { resource: 'https://me@api.example' },
  { resource: 'https:///api.example' },
  { resource: 'https://api.example/"' },
  { resource: 'https://api.example/\\' },
  { resource, authorizationServers: [] },
  { resource, authorizationServers: 'https://id.example' },
  { resource, authorizationServers: ['http://id.example'] },
  { resource, authorizationServers: [1] },
  { resource, authorizationServers: new Array(1) },
  { resource, scopes: [] },
  { resource, scopes: ['a b'] },
  { resource, scope: ['read'] },
])('refuses %j', (options) => {
  expect(() => protectedResource(options as never)).toThrow(ConfigError)
})

it('leaves it to the verifier to refuse a tokenFrom that is no list', () => {
  expect(() => verifierWith({}, { tokenFrom: 5 as never })).toThrow(ConfigError)
})

it('is made by its function', () => {
  const options = { issuer, audience, jwks: { keys: [issuerKey.jwk] } }
  for (const wrong of [null, 'https://api.example', { resource }]) {
    expect(() => createVerifier({ ...options, resource: wrong as never })).toThrow('protectedResource')
  }
})
