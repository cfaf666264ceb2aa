import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { audience, clock, createIssuer, staticOptions } from './harness/issuer.js'

// `crit` names extensions that must be understood (RFC 7515 §4.1.11). None is, so it is refused in whatever form: a
// recipient that overlooks it accepts what the issuer said must not be.

const publicIssuer = createIssuer()
const secretIssuer = createIssuer({ algorithms: ['HS256'] })
const { secret = new Uint8Array() } = secretIssuer

describe.each([
  ['public keys', publicIssuer, staticOptions(publicIssuer)],
  ['a secret', secretIssuer, { issuer: secretIssuer.url, audience, secret, clock }],
])('crit, against %s', (_keys, issuer, options) => {
  const api = useApi(options)

  it.each([
    [['exp'], { exp: 1 }],
    [['b64'], { b64: false }],
    [['b64'], { b64: true }],
    [['x-policy'], { 'x-policy': 'deny' }],
    [['x-policy'], {}],
    [['alg'], {}],
    [['kid', 'typ'], {}],
    [['cnf'], { cnf: { jkt: 'x' } }],
    [[], {}],
    [[''], {}],
    [[null], {}],
    [['exp', 'exp'], { exp: 1 }],
    ['exp', { exp: 1 }],
    ['', {}],
    [null, {}],
    [false, {}],
    [0, {}],
    [{}, {}],
  ])('%j is refused', async (crit, members) => {
    expect(await api.bearer(issuer.token({ header: { ...members, crit } }))).toEqual({
      code: 'token_rejected',
      reason: 'crit_unsupported',
    })
  })

  it.each([true, false, null, 'false', 0])('b64 %j is refused without crit too', async (b64) => {
    expect(await api.bearer(issuer.token({ header: { b64 } }))).toEqual({
      code: 'token_rejected',
      reason: 'b64_unsupported',
    })
  })

  it('an extension that nobody calls critical is passed over', async () => {
    expect((await api.bearer(issuer.token({ header: { 'x-policy': 'deny', exp: 1 } }))).code).toBe('accepted')
  })
})
