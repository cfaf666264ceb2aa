import { describe, expect, test } from 'vitest'
import { createKey } from '../../test/fixtures.js'
import type { AuthOptions, GuardedSessions, SessionGuardOptions } from '../adapter/auth-options.js'
import { createCallbackAuth } from '../adapter/callback-auth.js'
import type { CallbackFramework } from '../adapter/callback-guard.js'
import { createDpop } from '../binding/dpop.js'
import { ConfigError } from '../config-error.js'
import { createVerifier } from '../create-verifier.js'
import { createKeySet } from '../keys/shared-key-set.js'
import type { Verifier } from '../verifier.js'
import type { VerifierOptions } from '../verifier-options.js'
import { describeGuards, isGuard, type OperationContext, securitySchemesOf } from './describe-guards.js'

const issuer = 'https://id.example'
const audience = 'api'
const secret = new Uint8Array(32)
const held: VerifierOptions = { issuer, audience, secret }

/** No request comes here. */
const framework = {} as CallbackFramework<never, never, object>

function guardsOf(options: AuthOptions<object, GuardedSessions<object>, unknown>) {
  return createCallbackAuth<never, never, object>(options, framework, () => null)
}

function required(options: VerifierOptions, asked: SessionGuardOptions<object> = {}): object {
  return guardsOf({ verifier: createVerifier(options) }).requireAuth(asked)
}

/** The codes that a document lists, by status. */
function codes(guard: object | readonly object[], context?: OperationContext): Record<string, readonly string[]> {
  const { responses } = describeGuards(guard, context)
  const entries = Object.entries(responses).map(([status, { content }]) => [
    status,
    content['application/problem+json'].schema.properties.code.enum,
  ])
  return Object.fromEntries(entries)
}

const ofToken = ['token_malformed', 'token_rejected', 'token_expired']

describe('the refusals', () => {
  test('of a guard that asks for a token alone', () => {
    expect(codes(required(held))).toEqual({
      400: ['request_malformed', 'token_repeated'],
      401: ['token_missing', ...ofToken],
    })
    expect(codes(guardsOf({ verifier: createVerifier(held) }).optionalAuth())[401]).toEqual(ofToken)
  })

  test.each<[string, SessionGuardOptions<object>, number, string]>([
    ['scope', { scope: 'a' }, 403, 'scope_insufficient'],
    ['anyScope', { anyScope: 'a b' }, 403, 'scope_insufficient'],
    ['role', { role: 'a' }, 403, 'role_insufficient'],
    ['authorizationDetails', { authorizationDetails: { type: 'a' } }, 403, 'authorization_insufficient'],
    ['acr', { acr: 'a' }, 401, 'authentication_insufficient'],
    ['maxAuthAge', { maxAuthAge: 0 }, 401, 'authentication_insufficient'],
    ['check', { check: () => true }, 403, 'access_denied'],
  ])('of %s', (_name, asked, status, code) => {
    expect(codes(required(held, asked))[status]).toContain(code)
    expect(Object.values(codes(required(held))).flat()).not.toContain(code)
  })

  test('of a cookie: its origin, where the method is not safe', () => {
    const guard = required({ ...held, tokenFrom: [{ cookie: 'access' }] })
    expect(codes(guard)[400]).toEqual(['token_repeated'])
    expect(codes(guard)[403]).toEqual(['origin_rejected'])
    expect(codes(guard, { method: 'POST' })[403]).toEqual(['origin_rejected'])
    expect(codes(guard, { method: 'get' })[403]).toBeUndefined()
    expect(codes(guardsOf({ verifier: createVerifier(held) }).requireSameOrigin())).toEqual({
      403: ['origin_rejected'],
    })
  })

  test('of bound tokens', () => {
    const found = codes(required({ ...held, dpop: createDpop() }))
    expect(found[401]).toEqual(['token_missing', ...ofToken, 'proof_rejected', 'nonce_required'])
    expect(found[503]).toEqual(['keys_unavailable', 'store_unavailable'])
  })

  const jwk = createKey('ES256').jwk
  test.each<[string, VerifierOptions, boolean]>([
    ['a secret', held, false],
    ['a JWK Set in place', { issuer, audience, jwks: { keys: [jwk] } }, false],
    ['a revocation list', { ...held, isRevoked: () => false }, true],
    ['metadata', { issuer, audience }, true],
    ['a key set elsewhere', { issuer, audience, jwksUri: 'https://id.example/keys' }, true],
    ['issuers that are found', { issuers: () => null }, true],
    [
      'one of several',
      {
        issuers: [
          { issuer: 'https://a.example', audience, jwks: { keys: [jwk] } },
          { issuer, audience },
        ],
      },
      true,
    ],
  ])('503 with %s', (_name, options, may) => {
    expect(503 in codes(required(options))).toBe(may)
  })

  test('of a refresh in passing: the store', () => {
    const verifier: Verifier<object> = createVerifier<object>(held)
    const { requireAuth } = guardsOf({ sessions: { verifier, authenticateOrRefresh: verifier.authenticate } })
    expect(codes(requireAuth({ refresh: true }))[503]).toEqual(['store_unavailable'])
    expect(codes(requireAuth())[503]).toBeUndefined()
  })

  test('have the fields that they come with', () => {
    const { responses } = describeGuards(required({ issuer, audience }, { role: 'editor' }))
    const fields = Object.entries(responses).map(([status, { headers }]) => [status, Object.keys(headers)])
    expect(Object.fromEntries(fields)).toEqual({
      400: ['WWW-Authenticate'],
      401: ['WWW-Authenticate'],
      403: [],
      503: ['Retry-After'],
    })
    expect(responses[403]?.description).toContain('One of these roles is needed: editor.')
  })
})

describe('security', () => {
  const security = (guard: object | readonly object[], version?: string) =>
    describeGuards(guard, version === undefined ? {} : { version }).security

  test('names the scopes, of anyScope each on its own', () => {
    const guard = required(held, { scope: 'a', anyScope: 'b c' })
    expect(security(guard)).toEqual([{ bearer: ['a', 'b'] }, { bearer: ['a', 'c'] }])
    expect(security(guard, '3.0.3')).toEqual([{ bearer: [] }])
  })

  test('guards behind each other ask about one token', () => {
    const verifier = createVerifier({ ...held, tokenFrom: ['header', { cookie: 'c' }] })
    const { requireAuth, optionalAuth, requireSameOrigin } = guardsOf({ verifier })
    const both = [optionalAuth({ scope: 'a' }), requireAuth({ scope: 'b' })]
    expect(security(both)).toEqual([{ bearer: ['a', 'b'] }, { 'cookie.c': ['a', 'b'] }])
    expect(security(optionalAuth())).toEqual([{}, { bearer: [] }, { 'cookie.c': [] }])
    expect(security(requireSameOrigin())).toBeUndefined()
  })

  test('guards of two verifiers ask for a token each', () => {
    const user = required(held, { scope: 'a' })
    const device = required({ ...held, tokenFrom: [{ header: 'x-device' }] })
    expect(security([user, device])).toEqual([{ bearer: ['a'], 'header.x-device': [] }])
    expect(security([user, required(held, { scope: 'b' })])).toEqual([{ bearer: ['a', 'b'] }])
  })

  test('what is no guard is a mistake', () => {
    expect(() => describeGuards(() => {})).toThrow(ConfigError)
    expect([isGuard(() => {}), isGuard(undefined), isGuard(required(held))]).toEqual([false, false, true])
  })
})

describe('the schemes', () => {
  test('are the ways to send a token', () => {
    const verifier = createVerifier({ ...held, tokenFrom: ['header', { cookie: 'a!b' }, { header: 'X-Token' }] })
    const schemes = {
      bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      'cookie.a_b': { type: 'apiKey', in: 'cookie', name: 'a!b' },
      'header.x-token': { type: 'apiKey', in: 'header', name: 'x-token' },
    }
    expect(securitySchemesOf(verifier)).toMatchObject(schemes)
    expect(Object.keys(securitySchemesOf({ ...verifier }, guardsOf({ verifier }).requireAuth()))).toEqual(
      Object.keys(schemes),
    )
    expect(() => securitySchemesOf({})).toThrow(ConfigError)
  })

  test('of bound tokens stand beside Bearer, or in its place', () => {
    const names = (needed: boolean) =>
      Object.keys(securitySchemesOf(createVerifier({ ...held, dpop: createDpop({ required: needed }) })))
    expect([names(false), names(true)]).toEqual([['bearer', 'dpop'], ['dpop']])
  })

  test('OpenID Connect, for each issuer whose keys are found through its metadata', () => {
    const keys = createKeySet({ jwksUri: 'https://keys.example' })
    const issuers = [
      { issuer: 'https://a.example/', audience },
      { issuer: 'https://b.example', audience, metadataUri: 'https://b.example/metadata' },
      { issuer: 'https://c.example', audience, jwksUri: 'https://c.example/keys' },
      { issuer: 'https://d.example', audience, keys },
    ]
    const verifier = createVerifier({ issuers })
    const { bearer: _, ...schemes } = securitySchemesOf(verifier)
    expect(Object.entries(schemes).map(([name, { openIdConnectUrl }]) => [name, openIdConnectUrl])).toEqual([
      ['openIdConnect', 'https://a.example/.well-known/openid-configuration'],
      ['openIdConnect2', 'https://b.example/metadata'],
    ])
  })
})
