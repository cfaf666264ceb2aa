import { signCompact } from '@latchkey/testing'
import { expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { createIssuer, goodClaims, staticOptions } from './harness/issuer.js'

// A token in a token (RFC 7519 §5.2): whoever looks only at the outer signature, or only at the inner claims, errs.

const issuer = createIssuer()
const api = useApi(staticOptions(issuer))
const key = issuer.key()
const { kid } = key

it.each(['JWT', 'jwt', 'Jwt', 'application/jwt', 'APPLICATION/JWT'])('cty %j is refused', async (cty) => {
  expect(await api.bearer(issuer.token({ header: { cty } }))).toEqual({ code: 'token_rejected', reason: 'cty_nested' })
})

it.each([undefined, 'JWT'])('a token as the payload of another is malformed, with cty %j or without', async (cty) => {
  const inner = issuer.token()
  for (const payload of [inner, JSON.stringify(inner), JSON.stringify([inner])]) {
    expect(await api.bearer(signCompact({ alg: 'ES256', kid, cty }, payload, key))).toEqual({
      code: 'token_malformed',
      reason: 'token_malformed',
    })
  }
})

it('claims inside a claim are not the claims', async () => {
  const claims = goodClaims(issuer, { sub: undefined, claims: { sub: 'eve' }, jwt: issuer.token() })
  expect((await api.bearer(signCompact({ alg: 'ES256', kid }, claims, key))).seen?.sub).toBeNull()
})

it('claims replicated in the header are not the claims (RFC 7519 §5.3)', async () => {
  const token = issuer.token({ header: { sub: 'eve', aud: 'other', iss: 'other', exp: 1 } })
  expect((await api.bearer(token)).seen?.sub).toBe('ada')
  const withoutAudience = issuer.token({ claims: { aud: undefined }, header: { aud: 'https://api.example' } })
  expect(await api.bearer(withoutAudience)).toEqual({ code: 'token_rejected', reason: 'aud_mismatch' })
})
