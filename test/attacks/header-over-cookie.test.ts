import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { createIssuer, staticOptions } from './harness/issuer.js'

// Two identities in one request. A server that chooses lets whoever can add one of them choose: a proxy that adds a header,
// a page that sets a cookie. So two are refused, whichever is good, and none is passed over for being bad.

const issuer = createIssuer()
const ada = issuer.token()
const eve = issuer.token({ claims: { sub: 'eve' } })
const expired = issuer.token({ expiresIn: -60 })
const repeated = { code: 'token_repeated', reason: 'token_repeated' }

describe.each([
  ['the header first', ['header', { cookie: 'access' }] as const],
  ['the cookie first', [{ cookie: 'access' }, 'header'] as const],
])('with %s among the sources', (_order, tokenFrom) => {
  const api = useApi({ ...staticOptions(issuer), tokenFrom })

  it.each([
    ['two users', eve, ada],
    ['one user twice', ada, ada],
    ['a bad header', 'x', ada],
    ['a bad cookie', ada, 'x'],
    ['an expired header', expired, ada],
    ['an expired cookie', ada, expired],
  ])('refuses both at once: %s', async (_what, inHeader, inCookie) => {
    const headers = [
      ['Authorization', `Bearer ${inHeader}`],
      ['Cookie', `access=${inCookie}`],
    ] as const
    for (const path of ['/me', '/optional'] as const) {
      expect(await api.send({ path, headers })).toEqual(repeated)
      expect(await api.send({ path, headers: headers.toReversed() })).toEqual(repeated)
    }
  })

  it.each(['Bearer', 'Bearer ', 'bearer', 'Bearer a b', 'Bearer =', 'Bearer "x"'])(
    'does not pass over %j in favour of the cookie',
    async (credentials) => {
      const headers = [
        ['Authorization', credentials],
        ['Cookie', `access=${ada}`],
      ] as const
      for (const path of ['/me', '/optional'] as const) {
        expect(await api.send({ path, headers })).toEqual({ code: 'request_malformed', reason: 'request_malformed' })
      }
    },
  )

  it.each([
    [[`Bearer ${ada}`, `Bearer ${eve}`]],
    [[`Bearer ${ada}`, `bearer ${ada}`]],
    [[`Bearer ${ada}, Bearer ${eve}`]],
    [[`Bearer ${ada}`, 'Bearer']],
  ])('refuses two Bearer credentials, in one field or in two', async (fields) => {
    const headers = fields.map((value) => ['Authorization', value] as const)
    expect(await api.send({ headers })).toEqual(repeated)
  })

  it('lets another scheme stand beside the one token', async () => {
    const headers = [
      ['Authorization', 'Basic YWRhOng='],
      ['Cookie', `access=${ada}`],
    ] as const
    expect((await api.send({ headers })).seen).toMatchObject({ sub: 'ada', source: 'cookie' })
  })

  it.each([
    [[`Basic YWRhOng=, Bearer ${ada}`]],
    [['Basic YWRhOng=', `Bearer ${ada}`]],
    [['Basic YWRhOng=', `Bearer ${ada}`, `Bearer ${eve}`]],
    [[`Digest realm="a, Bearer ${ada}"`]],
  ])('refuses what a proxy could read as another credential than we do', async (fields) => {
    const headers = fields.map((value) => ['Authorization', value] as const)
    expect(await api.send({ headers })).toEqual({ code: 'request_malformed', reason: 'request_malformed' })
    expect((await api.send({ path: '/optional', headers })).code).toBe('request_malformed')
  })
})

describe('what is not configured', () => {
  const onlyHeader = useApi({ ...staticOptions(issuer), tokenFrom: ['header'] })
  const onlyCookie = useApi({ ...staticOptions(issuer), tokenFrom: [{ cookie: 'access' }] })
  const headers = [
    ['Authorization', `Bearer ${ada}`],
    ['Cookie', `access=${eve}`],
  ] as const

  it('is not looked at', async () => {
    expect((await onlyHeader.send({ headers })).seen).toMatchObject({ sub: 'ada', source: 'header' })
    expect((await onlyCookie.send({ headers })).seen).toMatchObject({ sub: 'eve', source: 'cookie' })
    expect((await onlyHeader.cookie(ada)).code).toBe('token_missing')
    expect((await onlyCookie.bearer(ada)).code).toBe('token_missing')
  })

  it.each(['X-Access-Token', 'X-Authorization', 'Proxy-Authorization', 'X-Forwarded-Authorization', 'Token'])(
    'nor is %s',
    async (name) => {
      expect((await onlyHeader.send({ headers: [[name, `Bearer ${ada}`]] })).code).toBe('token_missing')
    },
  )

  it('nor is the query string, nor a form (RFC 6750 §2.2, §2.3)', async () => {
    const path = `/me?access_token=${ada}` as '/me'
    expect((await onlyHeader.send({ path })).code).toBe('token_missing')
    const form = { method: 'POST', headers: [['Content-Type', 'application/x-www-form-urlencoded']] as const }
    expect((await onlyHeader.send({ ...form, body: `access_token=${ada}` })).code).toBe('token_missing')
  })
})
