import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { audience, createIssuer, now, staticOptions } from './harness/issuer.js'

// A token that the issuer made for another purpose (RFC 8725 §2.8, §3.11, §3.12; RFC 9068 §5).

const issuer = createIssuer()
const client = 's6BhdRkqt3'
const idToken = { aud: client, sub: 'ada', nonce: 'n', auth_time: now, email: 'ada@example.com' }

describe('at an API that demands at+jwt', () => {
  const api = useApi({ ...staticOptions(issuer), tokenType: 'at+jwt' })

  it.each(['at+jwt', 'AT+JWT', 'application/at+jwt'])('typ %s is accepted', async (typ) => {
    expect((await api.bearer(issuer.token({ header: { typ } }))).code).toBe('accepted')
  })

  it.each([
    undefined,
    null,
    '',
    'JWT',
    'application/jwt',
    'id+jwt',
    'logout+jwt',
    'secevent+jwt',
    'dpop+jwt',
    'token-introspection+jwt',
    'oauth-authz-req+jwt',
    'kb+jwt',
    'rt+jwt',
    'at+jwt ',
    'xat+jwt',
    'at+jwt+jwt',
    ['at+jwt'],
  ])('typ %j is refused, be the audience ours', async (typ) => {
    expect(await api.bearer(issuer.token({ header: { typ } }))).toEqual({
      code: 'token_rejected',
      reason: 'typ_mismatch',
    })
  })
})

describe('at an API that does not', () => {
  const api = useApi(staticOptions(issuer))

  it('an ID token is refused for its audience, which is the client', async () => {
    expect(await api.bearer(issuer.token({ claims: idToken }))).toEqual({
      code: 'token_rejected',
      reason: 'aud_mismatch',
    })
  })

  it.each(['id+jwt', 'logout+jwt', 'secevent+jwt', 'dpop+jwt', 'oauth-authz-req+jwt'])(
    'typ %s is refused all the same',
    async (typ) => {
      expect(await api.bearer(issuer.token({ header: { typ } }))).toEqual({
        code: 'token_rejected',
        reason: 'typ_mismatch',
      })
    },
  )

  it('a logout token, which has no exp, is refused', async () => {
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
    const token = issuer.token({ claims: { aud: audience, exp: undefined, sid: 's1', events } })
    expect(await api.bearer(token)).toEqual({ code: 'token_rejected', reason: 'exp_invalid' })
  })
})
