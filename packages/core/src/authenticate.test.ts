import { describe, expect, it } from 'vitest'
import { audience, claimsSet, createKey, issuer, now, signToken, viewOf } from '../test/fixtures.js'
import { createVerifier } from './create-verifier.js'
import type { CoreEvent } from './events.js'
import type { Decision } from './request-view.js'
import { createRequirement } from './requirement/requirement.js'
import type { VerifierOptions } from './verifier-options.js'

const key = createKey('EdDSA')
const required = createRequirement(true)
const optional = createRequirement(false)
const token = signToken(key, claimsSet({ scope: 'read' }))
const expired = signToken(key, claimsSet({ exp: now - 60 }))

function create(changes: Partial<VerifierOptions> = {}) {
  const events: CoreEvent[] = []
  const options = {
    issuer,
    audience,
    jwks: { keys: [key.jwk] },
    tokenFrom: ['header', { cookie: 'access' }],
    trustedOrigins: ['https://app.example'],
    clock: () => now,
    onEvent: (event: CoreEvent) => events.push(event),
    ...changes,
  }
  const { authenticate } = createVerifier(options as VerifierOptions)
  return { authenticate, events }
}

const { authenticate } = create()

function codeOf(decision: Decision<object> | Promise<Decision<object>>): string {
  if (decision instanceof Promise) throw new Error('It answered with a promise.')
  if ('thrown' in decision) throw decision.thrown
  if (!decision.allow) return decision.error.code
  return decision.auth === null ? 'nobody' : `${decision.auth.claims.sub} by ${decision.auth.source}`
}

const bearer = (value: string) => ({ authorization: `Bearer ${value}` })
const cookie = (value: string) => ({ cookie: `access=${value}` })

describe('authenticate', () => {
  it.each([
    ['a good token in the header', bearer(token), 'ada by header', 'ada by header'],
    ['a good token in the cookie', cookie(token), 'ada by cookie', 'ada by cookie'],
    ['no token', {}, 'token_missing', 'nobody'],
    ['another scheme', { authorization: 'Basic abc' }, 'token_missing', 'nobody'],
    ['an empty cookie', cookie(''), 'token_missing', 'nobody'],
    ['empty credentials', { authorization: 'Bearer' }, 'request_malformed', 'request_malformed'],
    ['two tokens', { ...bearer(token), ...cookie(token) }, 'token_repeated', 'token_repeated'],
    ['a malformed token', bearer('abc'), 'token_malformed', 'token_malformed'],
    ['an expired token', bearer(expired), 'token_expired', 'token_expired'],
    ['an expired token in the cookie', cookie(expired), 'token_expired', 'token_expired'],
    ['a token of another key', bearer(signToken(createKey('EdDSA'))), 'token_rejected', 'token_rejected'],
  ])('%s', (_what, headers, whenRequired, whenOptional) => {
    expect(codeOf(authenticate(viewOf(headers), required))).toBe(whenRequired)
    expect(codeOf(authenticate(viewOf(headers), optional))).toBe(whenOptional)
  })

  it('refuses a cookie that another origin may have sent, and lets a Bearer request pass', () => {
    const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    expect(codeOf(authenticate(viewOf({ ...cookie(token), ...foreign }, 'POST'), required))).toBe('origin_rejected')
    expect(codeOf(authenticate(viewOf({ ...cookie(token), ...foreign }, 'POST'), optional))).toBe('origin_rejected')
    expect(codeOf(authenticate(viewOf({ ...bearer(token), ...foreign }, 'POST'), required))).toBe('ada by header')
    expect(codeOf(authenticate(viewOf({ ...cookie(token), ...foreign }, 'GET'), required))).toBe('ada by cookie')
    const trusted = { 'sec-fetch-site': 'cross-site', origin: 'https://app.example' }
    expect(codeOf(authenticate(viewOf({ ...cookie(token), ...trusted }, 'POST'), required))).toBe('ada by cookie')
  })

  it('checks the origin of a token in a field that a proxy fills', () => {
    const { authenticate: ask } = create({ tokenFrom: ['header', { header: 'X-Token' }] })
    const foreign = { 'sec-fetch-site': 'cross-site' }
    expect(codeOf(ask(viewOf({ 'x-token': token }), required))).toBe('ada by header')
    expect(codeOf(ask(viewOf({ 'x-token': token, ...foreign }, 'POST'), required))).toBe('origin_rejected')
    expect(codeOf(ask(viewOf({ ...bearer(token), ...foreign }, 'POST'), required))).toBe('ada by header')
  })

  it.each(['bearer ', 'BEARER ', 'Bearer    '])('takes %j before a token', (start) => {
    expect(codeOf(authenticate(viewOf({ authorization: `${start}${token}` }), required))).toBe('ada by header')
  })

  it('reads credentials in full where the token is no JWT, and only then', () => {
    const { authenticate: ask } = create()
    for (const value of ['a b', 'abc,', 'é', `${token} x`, ' ', '!', `${'a'.repeat(20_000)} b`]) {
      expect(codeOf(ask(viewOf(bearer(value)), required))).toBe('request_malformed')
    }
    expect(codeOf(ask(viewOf(bearer(`${token}, Bearer ${token}`)), required))).toBe('token_repeated')
    expect(codeOf(ask(viewOf({ ...bearer('a b'), ...cookie(token) }), required))).toBe('request_malformed')
    expect(codeOf(ask(viewOf(cookie('a b')), required))).toBe('token_malformed')
    expect(codeOf(ask(viewOf(bearer('a+b/c==')), required))).toBe('token_malformed')
  })

  it('compares scopes', () => {
    const ask = (scope: string) => authenticate(viewOf(bearer(token)), createRequirement(true, { scope }))
    expect(codeOf(ask('read'))).toBe('ada by header')
    expect(ask('read admin')).toMatchObject({ error: { code: 'scope_insufficient', scope: ['read', 'admin'] } })
    expect(codeOf(authenticate(viewOf({}), createRequirement(false, { scope: 'read' })))).toBe('nobody')
    expect(codeOf(authenticate(viewOf(bearer(token)), createRequirement(false, { scope: 'admin' })))).toBe(
      'scope_insufficient',
    )
  })

  it('lets the first step that refuses decide: source, token, origin, scope', () => {
    const admin = createRequirement(true, { scope: 'admin' })
    const foreign = { 'sec-fetch-site': 'cross-site' }
    const ask = (headers: Record<string, string>) =>
      codeOf(authenticate(viewOf({ ...headers, ...foreign }, 'POST'), admin))
    expect(ask({ ...bearer(expired), ...cookie(expired) })).toBe('token_repeated')
    expect(ask(cookie(expired))).toBe('token_expired')
    expect(ask(cookie(token))).toBe('origin_rejected')
    expect(ask(bearer(token))).toBe('scope_insufficient')
  })

  it('tells of every refusal once, and of nothing else', async () => {
    const { authenticate: ask, events } = create()
    await ask(viewOf(bearer(token)), required)
    await ask(viewOf({}), optional)
    expect(events).toEqual([])
    await ask(viewOf({}), required)
    await ask(viewOf(bearer(expired)), optional)
    await ask(viewOf({ ...cookie(token), 'sec-fetch-site': 'cross-site' }, 'POST'), required)
    await ask(viewOf(bearer(token)), createRequirement(true, { scope: 'admin' }))
    expect(events).toEqual([
      { type: 'denied', code: 'token_missing', reason: 'token_missing' },
      { type: 'denied', code: 'token_expired', reason: 'exp_passed', issuer },
      { type: 'denied', code: 'origin_rejected', reason: 'origin_rejected' },
      { type: 'denied', code: 'scope_insufficient', reason: 'scope_insufficient' },
    ])
  })

  it('leaves a refusal unreported where the caller goes on with the request, and reports every other', () => {
    const { authenticate, events } = create()
    expect(codeOf(authenticate(viewOf({}), required, 'token_missing'))).toBe('token_missing')
    expect(codeOf(authenticate(viewOf(bearer(expired)), required, 'token_expired'))).toBe('token_expired')
    expect(events).toEqual([])
    expect(codeOf(authenticate(viewOf(bearer(expired)), required, 'token_missing'))).toBe('token_expired')
    expect(events).toMatchObject([{ type: 'denied', code: 'token_expired' }])
  })

  it('tells nothing of the token, its claims or the request', async () => {
    const { authenticate: ask, events } = create()
    await ask(viewOf(bearer(signToken(createKey('EdDSA'), claimsSet({ sub: 'hunter2' })))), required)
    await ask(viewOf(bearer(signToken(key, claimsSet({ iss: 'hunter2' })))), required)
    expect(events).toHaveLength(2)
    expect(JSON.stringify(events)).not.toContain('hunter2')
  })

  it('gives a remembered token the same decision again, and another if it comes from another source', () => {
    const { authenticate: ask } = create()
    const decision = ask(viewOf(bearer(token)), required)
    expect(ask(viewOf(bearer(token)), required)).toBe(decision)
    expect(ask(viewOf(cookie(token)), required)).toHaveProperty('auth.source', 'cookie')
    expect(ask(viewOf(bearer(token)), required)).toEqual(decision)
  })

  it('answers later where keys must be fetched', async () => {
    const { authenticate: ask } = create({
      jwks: undefined,
      jwksUri: 'https://id.example/jwks',
      fetch: async () => Response.json({ keys: [key.jwk] }),
    } as object)
    const decision = ask(viewOf(bearer(token)), required)
    expect(decision).toBeInstanceOf(Promise)
    expect(await decision).toHaveProperty('allow', true)
    expect(ask(viewOf(bearer(token)), required)).toHaveProperty('allow', true)
  })

  it('answers 503 and no 401 where keys are not available', async () => {
    const { authenticate: ask } = create({
      jwks: undefined,
      jwksUri: 'https://id.example/jwks',
      fetch: () => Promise.reject(new TypeError('refused')),
      random: () => 0.5,
    } as object)
    expect(await ask(viewOf(bearer(token)), required)).toMatchObject({
      allow: false,
      error: { code: 'keys_unavailable', status: 503, issuer },
    })
  })
})
