import { describe, expect, it } from 'vitest'
import { asymmetricAlgorithms } from '../keys/algorithms.js'
import { checkHeader, type HeaderRules } from './header.js'

const rules: HeaderRules = { algorithms: asymmetricAlgorithms, tokenType: undefined }
const atJwtRules: HeaderRules = { ...rules, tokenType: 'at+jwt' }

describe('checkHeader', () => {
  it('refuses a kid that is no string, unless the key is a secret, which has no name', () => {
    for (const kid of [5, null, ['k1'], {}]) {
      expect(checkHeader({ alg: 'RS256', kid }, rules)).toBe('kid_invalid')
      const secret = { ...rules, algorithms: ['HS256'] } as const
      expect(checkHeader({ alg: 'HS256', kid }, secret)).toEqual({ alg: 'HS256', kid: undefined })
    }
  })

  it('gives back the algorithm and the kid', () => {
    expect(checkHeader({ alg: 'RS256', kid: 'k1', typ: 'JWT' }, rules)).toEqual({ alg: 'RS256', kid: 'k1' })
    expect(checkHeader({ alg: 'EdDSA' }, rules)).toEqual({ alg: 'EdDSA', kid: undefined })
  })

  it.each([
    undefined,
    null,
    'none',
    'None',
    'nOnE',
    '',
    'rs256',
    'RS256 ',
    'HS256',
    'RS1',
    'ES256K',
    'toString',
    256,
    ['RS256'],
    { alg: 'RS256' },
  ])('refuses alg %j', (alg) => {
    expect(checkHeader({ alg }, rules)).toBe('alg_not_allowed')
  })

  it('refuses an algorithm that is known but not on the allow-list', () => {
    expect(checkHeader({ alg: 'RS256' }, { ...rules, algorithms: ['ES256'] })).toBe('alg_not_allowed')
  })

  it.each([[], ['exp'], ['b64'], 'exp', '', null, false, 0, {}])('refuses crit %j', (crit) => {
    expect(checkHeader({ alg: 'RS256', crit }, rules)).toBe('crit_unsupported')
  })

  it.each([true, false, null, 'false'])('refuses b64 %j', (b64) => {
    expect(checkHeader({ alg: 'RS256', b64 }, rules)).toBe('b64_unsupported')
  })

  it.each(['DEF', '', null, 'GZIP'])('refuses zip %j', (zip) => {
    expect(checkHeader({ alg: 'RS256', zip }, rules)).toBe('zip_unsupported')
  })

  it.each(['JWT', 'jwt', 'jWt', 'application/jwt', 'Application/JWT'])('refuses cty %j, a nested token', (cty) => {
    expect(checkHeader({ alg: 'RS256', cty }, rules)).toBe('cty_nested')
  })

  it('lets another content type pass', () => {
    expect(checkHeader({ alg: 'RS256', cty: 'json' }, rules)).toHaveProperty('alg')
  })

  it.each([undefined, 'JWT', 'jwt', 'application/jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', 'APPLICATION/AT+JWT'])(
    'takes typ %j',
    (typ) => {
      expect(checkHeader(typ === undefined ? { alg: 'RS256' } : { alg: 'RS256', typ }, rules)).toHaveProperty(
        'alg',
        'RS256',
      )
    },
  )

  it.each([
    '',
    null,
    'JOSE',
    'id+jwt',
    'logout+jwt',
    'dpop+jwt',
    'secevent+jwt',
    'at+jwt ',
    'text/jwt',
    'application/application/jwt',
    5,
    ['JWT'],
  ])('refuses typ %j', (typ) => {
    expect(checkHeader({ alg: 'RS256', typ }, rules)).toBe('typ_mismatch')
  })

  it.each(['at+jwt', 'AT+jwt', 'application/at+jwt', 'Application/At+Jwt'])(
    'takes typ %j where at+jwt is demanded',
    (typ) => {
      expect(checkHeader({ alg: 'RS256', typ }, atJwtRules)).toHaveProperty('alg')
    },
  )

  it.each([undefined, 'JWT', 'application/jwt', 'at', null])('refuses typ %j where at+jwt is demanded', (typ) => {
    expect(checkHeader(typ === undefined ? { alg: 'RS256' } : { alg: 'RS256', typ }, atJwtRules)).toBe('typ_mismatch')
  })

  it.each([null, 5, true, ['k1'], { kid: 'k1' }])('refuses kid %j', (kid) => {
    expect(checkHeader({ alg: 'RS256', kid }, rules)).toBe('kid_invalid')
  })

  it('does not look at the members that point to keys', () => {
    const pointers = { jku: 'https://evil.example', x5u: 5, jwk: null, x5c: ['x'], x5t: 'x' }
    expect(checkHeader({ alg: 'RS256', kid: 'k1', ...pointers }, rules)).toEqual({ alg: 'RS256', kid: 'k1' })
  })
})
