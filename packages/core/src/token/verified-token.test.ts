import { describe, expect, it } from 'vitest'
import { claimsSet, createKey, issuer, now } from '../../test/fixtures.js'
import { findKey } from '../../test/scripted-endpoint.js'
import type { RegisteredClaims } from '../auth.js'
import type { Issuer } from '../issuer.js'
import { LocalKeySet } from '../keys/local-key-set.js'
import { VerifiedToken } from './verified-token.js'

const jwk = createKey('ES256').jwk

function create(changes: Partial<Issuer> = {}, signed = claimsSet(), claims = signed) {
  const keySet = new LocalKeySet(issuer, { current: () => jwks })
  const jwks = { keys: [jwk] }
  const key = findKey(keySet, 'k1', 'ES256')
  if (!('imported' in key)) throw new Error('There is no key.')
  const entry: Issuer = {
    issuer,
    headerRules: { algorithms: ['ES256'], tokenType: undefined },
    claimsRules: { audience: null, clockTolerance: 10, maxTokenAge: undefined },
    grantRules: { scopeFrom: ['scope', 'scp'], rolesFrom: [], implied: new Map() },
    keySet,
    isRevoked: undefined,
    introspect: undefined,
    lease: undefined,
    ...changes,
  }
  return { keySet, verified: new VerifiedToken('a.b.c', signed, claims, entry, key) }
}

describe('faultAt', () => {
  it('asks the clock', () => {
    const { verified } = create()
    expect(verified.faultAt(now)).toBeUndefined()
    expect(verified.faultAt(now + 310)).toBe('exp_passed')
    expect(verified.faultAt(now - 11)).toBe('iat_in_future')
  })

  it('asks the key set', () => {
    const { keySet, verified } = create()
    keySet.forget('k1')
    expect(verified.faultAt(now)).toBe('key_not_found')
  })

  it.each([
    [false, undefined],
    [true, 'session_ended'],
    ['unsure', 'revocation_unsure'],
  ] as const)('asks about revocation once, with the claims that were signed: %s', (answer, fault) => {
    const asked: RegisteredClaims[] = []
    const isRevoked = (claims: RegisteredClaims) => {
      asked.push(claims)
      return answer
    }
    const signed = claimsSet({ sid: 's1' })
    const { verified } = create({ isRevoked }, signed, { ...signed, sid: 's2' })
    expect(verified.faultAt(now)).toBe(fault)
    expect(asked).toEqual([signed])
  })

  it('goes by the times that were signed, whatever the app is shown', () => {
    const signed = claimsSet()
    const { verified } = create({}, signed, { ...signed, exp: now + 99_999 })
    expect(verified.faultAt(now + 310)).toBe('exp_passed')
  })
})

describe('refusalOf', () => {
  it('says why, with one object as long as the reason stays the same', () => {
    const { verified } = create({}, claimsSet())
    const refusal = verified.refusalOf('session_ended')
    expect(refusal).toMatchObject({ code: 'token_rejected', reason: 'session_ended', issuer: verified.issuer.issuer })
    expect(verified.refusalOf('session_ended')).toBe(refusal)
    expect(verified.refusalOf('revocation_unsure')).toMatchObject({ code: 'store_unavailable' })
    expect(verified.refusalOf('exp_passed')).toMatchObject({ code: 'token_expired', reason: 'exp_passed' })
  })
})

describe('allow', () => {
  it('says where the token came from, with one object per source', () => {
    const { verified } = create({}, claimsSet({ scope: 'read write' }))
    const fromHeader = verified.allow('header')
    expect(fromHeader).toEqual({
      allow: true,
      auth: {
        claims: claimsSet({ scope: 'read write' }),
        scope: ['read', 'write'],
        roles: [],
        source: 'header',
        token: 'a.b.c',
      },
    })
    expect(verified.allow('header')).toBe(fromHeader)
    const fromCookie = verified.allow('cookie')
    expect(fromCookie.auth.source).toBe('cookie')
    expect(verified.allow('cookie')).toBe(fromCookie)
  })
})
