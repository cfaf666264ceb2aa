import { describe, expect, it } from 'vitest'
import { audience, claimsSet, now } from '../../test/fixtures.js'
import type { RegisteredClaims } from '../auth.js'
import { type ClaimsRules, checkClaims, checkTime } from './claims.js'

const rules: ClaimsRules = { audience: [audience], clockTolerance: 10, maxTokenAge: undefined }

function fault(changes: Record<string, unknown>, ruleChanges: Partial<ClaimsRules> = {}, at = now) {
  // By way of JSON, as claims come: a member that is undefined is absent.
  return checkClaims(JSON.parse(JSON.stringify(claimsSet(changes))), { ...rules, ...ruleChanges }, at)
}

describe('checkClaims: aud', () => {
  it.each([audience, [audience], ['other', audience], [audience, audience]])('takes %j', (aud) => {
    expect(fault({ aud })).toBeUndefined()
  })

  it.each([
    undefined,
    null,
    '',
    'other',
    `${audience}/`,
    audience.toUpperCase(),
    `${audience} other`,
    [],
    ['other'],
    [[audience]],
    [audience, 5],
    [null, audience],
    { aud: audience },
    5,
    true,
  ])('refuses %j', (aud) => {
    expect(fault({ aud })).toBe('aud_mismatch')
  })

  it('takes any one of several of ours', () => {
    expect(fault({ aud: 'b' }, { audience: ['a', 'b'] })).toBeUndefined()
    expect(fault({ aud: ['x', 'a'] }, { audience: ['a', 'b'] })).toBeUndefined()
    expect(fault({ aud: 'c' }, { audience: ['a', 'b'] })).toBe('aud_mismatch')
  })

  it.each([undefined, 'other', 5, null])('is not looked at where our audience is null: %j', (aud) => {
    expect(fault({ aud }, { audience: null })).toBeUndefined()
  })
})

describe('checkClaims: exp', () => {
  it.each([
    [now + 300, now + 300 + 9.999, undefined],
    [now + 300, now + 300 + 10, 'exp_passed'],
    [now + 300, now + 300 + 10.001, 'exp_passed'],
    [now + 0.5, now + 10.4, undefined],
    [now + 0.5, now + 10.5, 'exp_passed'],
    [0, now, 'exp_passed'],
    [-5, now, 'exp_passed'],
  ])('exp %d at %d: %s', (exp, at, expected) => {
    expect(fault({ exp }, {}, at)).toBe(expected)
  })

  it('passes at its very second without tolerance', () => {
    expect(fault({ exp: now, iat: undefined }, { clockTolerance: 0 }, now - 0.001)).toBeUndefined()
    expect(fault({ exp: now }, { clockTolerance: 0 }, now)).toBe('exp_passed')
  })

  it.each([undefined, null, String(now + 300), [now + 300], { exp: now }, true])('refuses %j', (exp) => {
    expect(fault({ exp })).toBe('exp_invalid')
  })

  it('refuses a number too large to be finite', () => {
    const claims = JSON.parse(`{"aud":"${audience}","exp":1e400}`)
    expect(checkClaims(claims, rules, now)).toBe('exp_invalid')
  })
})

describe('checkClaims: nbf', () => {
  it.each([
    [now + 10, undefined],
    [now + 10.001, 'nbf_in_future'],
    [now + 11, 'nbf_in_future'],
    [0, undefined],
    [-1, undefined],
  ])('nbf %d at the present: %s', (nbf, expected) => {
    expect(fault({ nbf })).toBe(expected)
  })

  it.each([null, String(now), [now], false])('refuses %j', (nbf) => {
    expect(fault({ nbf })).toBe('nbf_invalid')
  })
})

describe('checkClaims: iat', () => {
  it.each([
    [now + 10, undefined],
    [now + 10.001, 'iat_in_future'],
    [0, undefined],
  ])('iat %d at the present: %s', (iat, expected) => {
    expect(fault({ iat })).toBe(expected)
  })

  it.each([null, String(now), [now], true])('refuses %j', (iat) => {
    expect(fault({ iat })).toBe('iat_invalid')
  })

  it('need not be there without maxTokenAge, and must with it', () => {
    expect(fault({ iat: undefined })).toBeUndefined()
    expect(fault({ iat: undefined }, { maxTokenAge: 60 })).toBe('iat_invalid')
    expect(fault({ iat: undefined }, { maxTokenAge: 0 })).toBe('iat_invalid')
  })

  it('is too old once maxTokenAge and the tolerance have passed', () => {
    const long = { exp: now + 9999 }
    expect(fault(long, { maxTokenAge: 60 }, now + 69.999)).toBeUndefined()
    expect(fault(long, { maxTokenAge: 60 }, now + 70)).toBe('max_token_age_passed')
    expect(fault(long, { maxTokenAge: 60, clockTolerance: 0 }, now + 60)).toBe('max_token_age_passed')
  })
})

describe('checkClaims: strings', () => {
  it.each(['sub', 'jti', 'client_id'])('%s is a string or absent', (name) => {
    expect(fault({ [name]: undefined })).toBeUndefined()
    expect(fault({ [name]: '' })).toBeUndefined()
    for (const value of [null, 5, true, ['ada'], { id: 'ada' }])
      expect(fault({ [name]: value })).toBe(`${name}_invalid`)
  })
})

describe('checkTime', () => {
  it('asks again what changes with time', () => {
    const claims: RegisteredClaims = { iss: 'i', exp: now + 300, nbf: now - 5, iat: now }
    expect(checkTime(claims, rules, now)).toBeUndefined()
    expect(checkTime(claims, rules, now + 310)).toBe('exp_passed')
    expect(checkTime(claims, rules, now - 11)).toBe('iat_in_future')
    expect(checkTime(claims, rules, now - 16)).toBe('nbf_in_future')
    expect(checkTime(claims, { ...rules, maxTokenAge: 30 }, now + 40)).toBe('max_token_age_passed')
  })

  it('refuses at a time that is not a number', () => {
    expect(checkTime({ iss: 'i', exp: now + 300 }, rules, Number.NaN)).toBe('exp_passed')
  })
})

describe('claims that must be one of some texts', () => {
  const requiredClaims = [
    { name: 'token_use', values: ['access'] },
    { name: 'client_id', values: ['a', 'b'] },
  ]

  it('are', () => {
    expect(fault({ token_use: 'access', client_id: 'b' }, { requiredClaims })).toBeUndefined()
  })

  it.each([
    { token_use: 'id', client_id: 'a' },
    { client_id: 'a' },
    { token_use: 'access' },
    { token_use: 'access', client_id: 'c' },
    { token_use: ['access'], client_id: 'a' },
  ])('are not: %j', (claims) => {
    expect(fault(claims, { requiredClaims })).toBe('claim_mismatch')
  })
})
