import { signCompact } from '@latchkey/testing'
import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { audience, createIssuer, now, staticOptions } from './harness/issuer.js'

// As many levels as 8 KiB can hold: what walks through them, a handler's JSON.stringify too, must not fall over its stack.

const issuer = createIssuer()
const api = useApi(staticOptions(issuer))
const key = issuer.key()
const claims = `"iss":"${issuer.url}","aud":"${audience}","sub":"ada","exp":${now + 300}`
const header = `"alg":"ES256","kid":"${key.kid}"`

const depth = 2800
const lists = '['.repeat(depth) + ']'.repeat(depth)
const objects = `${'{"a":'.repeat(depth / 3)}1${'}'.repeat(depth / 3)}`

describe.each([
  ['lists', lists],
  ['objects', objects],
])('%s in', (_what, deep) => {
  it('a signed claims set are refused', async () => {
    const token = signCompact(`{${header}}`, `{${claims},"deep":${deep}}`, key)
    expect(token.length).toBeGreaterThan(6000)
    expect(await api.bearer(token)).toEqual({ code: 'token_rejected', reason: 'claims_too_deep' })
  })

  it('a signed header are refused', async () => {
    const token = signCompact(`{${header},"deep":${deep}}`, `{${claims}}`, key)
    expect(await api.bearer(token)).toEqual({ code: 'token_rejected', reason: 'header_too_deep' })
  })

  it.each(['aud', 'sub', 'exp', 'scope', 'iss'])('the place of %s are refused', async (name) => {
    const token = signCompact(`{${header}}`, `{${claims},"${name}":${deep}}`, key)
    const headers = [['Authorization', `Bearer ${token}`]] as const
    const { code } = await api.send({ path: '/admin', headers })
    expect(code).toBe('token_rejected')
  })

  it.each(['alg', 'kid', 'typ', 'crit'])('the place of %s are refused', async (name) => {
    const token = signCompact(`{${header},"${name}":${deep}}`, `{${claims}}`, key)
    expect((await api.bearer(token)).code).toBe('token_rejected')
  })

  it('JSON that does not end is malformed', async () => {
    const token = signCompact(`{${header}}`, `{${claims},"deep":${deep.slice(0, -5)}`, key)
    expect((await api.bearer(token)).code).toBe('token_malformed')
  })

  it('the whole of the claims, or of the header, are malformed', async () => {
    expect((await api.bearer(signCompact(`{${header}}`, lists, key))).code).toBe('token_malformed')
    expect((await api.bearer(signCompact(lists, `{${claims}}`, key))).code).toBe('token_malformed')
  })
})
