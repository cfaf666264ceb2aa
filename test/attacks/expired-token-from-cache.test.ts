import { createManualClock } from '@latchkey/testing'
import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { audience, createIssuer, now } from './harness/issuer.js'

// A token that was good when it was remembered, and is not any more.

describe.each([
  ['remembered', true],
  ['not remembered', false],
])('a token, %s', (_what, tokenCache) => {
  const clock = createManualClock(now)
  const issuer = createIssuer({ clock })
  const api = useApi({ issuer: issuer.url, audience, jwks: issuer.jwks(), clock, maxTokenAge: 1000, tokenCache })

  it('is refused from the second on at which it expires, tolerance included', async () => {
    const token = issuer.token({ expiresIn: 60 })
    expect((await api.bearer(token)).code).toBe('accepted')
    clock.advance(69)
    expect((await api.bearer(token)).code).toBe('accepted')
    clock.advance(1)
    expect(await api.bearer(token)).toEqual({ code: 'token_expired', reason: 'exp_passed' })
    expect(await api.cookie(token)).toEqual({ code: 'token_expired', reason: 'exp_passed' })
  })

  it('is refused once it is older than maxTokenAge, whatever its exp', async () => {
    const token = issuer.token({ expiresIn: 9999 })
    expect((await api.bearer(token)).code).toBe('accepted')
    clock.advance(1010)
    expect(await api.bearer(token)).toEqual({ code: 'token_expired', reason: 'max_token_age_passed' })
  })

  it('is not good before its time, where the clock was put right', async () => {
    const token = issuer.token({ claims: { nbf: clock(), iat: undefined }, expiresIn: 60 })
    const limited = issuer.token({ claims: { nbf: clock() }, expiresIn: 60 })
    expect((await api.bearer(limited)).code).toBe('accepted')
    clock.set(clock() - 100)
    expect(await api.bearer(limited)).toEqual({ code: 'token_rejected', reason: 'nbf_in_future' })
    expect(await api.bearer(token)).toEqual({ code: 'token_rejected', reason: 'iat_invalid' })
  })
})
