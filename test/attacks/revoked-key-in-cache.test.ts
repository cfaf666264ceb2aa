import type { RegisteredClaims } from '@latchkey/core'
import { createManualClock } from '@latchkey/testing'
import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { audience, createIssuer, now, staticOptions } from './harness/issuer.js'

// The issuer takes a key back because it was stolen. What that key signed, remembered or not, is refused as soon as the new
// set is in, and at once where the operator says so.

describe.each([
  ['remembered', true],
  ['not remembered', false],
])('a token, %s, whose key', (_what, tokenCache) => {
  const clock = createManualClock(now)

  describe('the issuer withdraws', () => {
    const issuer = createIssuer({ clock })
    const stolen = issuer.key()
    const api = useApi({ issuer: issuer.url, audience, clock, fetch: issuer.fetch, random: () => 0.5, tokenCache })

    it('is refused as soon as the new set is in', async () => {
      const token = issuer.token({ expiresIn: 9999 })
      expect((await api.bearer(token)).code).toBe('accepted')
      issuer.rotate()
      issuer.withdraw(stolen.kid ?? '')
      // Within the freshness of the old set nobody has heard of it; a refresh brings it in.
      await api.verifier.refresh()
      const refused = { code: 'token_rejected', reason: 'key_not_found' }
      expect(await api.bearer(token)).toEqual(refused)
      expect(await api.cookie(token)).toEqual(refused)
      expect((await api.bearer(issuer.token())).code).toBe('accepted')
    })
  })

  describe('the operator forgets', () => {
    const issuer = createIssuer()
    const api = useApi({ ...staticOptions(issuer), tokenCache })

    it('is refused at once', async () => {
      const token = issuer.token()
      expect((await api.bearer(token)).code).toBe('accepted')
      api.verifier.forget(issuer.key().kid ?? '')
      expect(await api.bearer(token)).toEqual({ code: 'token_rejected', reason: 'key_not_found' })
    })
  })

  describe('was replaced under the same kid', () => {
    const issuer = createIssuer()
    let keys = issuer.jwks()
    const api = useApi({ issuer: issuer.url, audience, jwks: { current: () => keys }, clock, tokenCache })

    it('is refused at once', async () => {
      const token = issuer.token()
      expect((await api.bearer(token)).code).toBe('accepted')
      const [other] = createIssuer().jwks().keys
      keys = { keys: [{ ...other, kid: issuer.key().kid }] }
      expect(await api.bearer(token)).toEqual({ code: 'token_rejected', reason: 'signature_invalid' })
    })
  })
})

describe.each([true, false])('a session that has ended (tokenCache %s)', (tokenCache) => {
  const issuer = createIssuer()
  const ended = new Set<unknown>()
  const api = useApi({
    ...staticOptions(issuer),
    tokenCache,
    isRevoked: (claims: RegisteredClaims & { readonly sid?: unknown }) => ended.has(claims.sid),
  })

  it('is refused at once, and no other with it', async () => {
    const [token, other] = ['s1', 's2'].map((sid) => issuer.token({ claims: { sid } }))
    expect((await api.bearer(token ?? '')).code).toBe('accepted')
    expect((await api.bearer(other ?? '')).code).toBe('accepted')
    ended.add('s1')
    expect(await api.bearer(token ?? '')).toEqual({ code: 'token_rejected', reason: 'session_ended' })
    expect((await api.bearer(other ?? '')).code).toBe('accepted')
  })
})
