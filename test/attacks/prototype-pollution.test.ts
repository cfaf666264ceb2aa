import { signCompact } from '@latchkey/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { useApi } from './harness/api.js'
import { audience, createIssuer, now, staticOptions } from './harness/issuer.js'

// Names that mean something to JavaScript, as members of a token's JSON.

const issuer = createIssuer()
const api = useApi(staticOptions(issuer))
const shaped = useApi({ ...staticOptions(issuer), claims: z.object({ sub: z.string() }) })
const key = issuer.key()
const goodHeader = `"alg":"ES256","kid":"${key.kid}"`
const goodClaims = `"iss":"${issuer.url}","aud":"${audience}","sub":"ada","exp":${now + 300}`

const evil = '{"admin":true,"scope":"admin","sub":"eve","alg":"none"}'
const members = [
  `"__proto__":${evil}`,
  `"constructor":{"prototype":${evil}}`,
  `"prototype":${evil}`,
  '"__proto__":null',
]

afterEach(() => {
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
})

describe.each(members)('%s', (member) => {
  it('in the claims changes neither them nor anything else', async () => {
    const token = signCompact(`{${goodHeader}}`, `{${goodClaims},${member}}`, key)
    for (const target of [api, shaped]) {
      const { seen } = await target.bearer(token)
      expect(seen).toMatchObject({ sub: 'ada', scope: [] })
      expect(seen?.claims).not.toHaveProperty('admin')
      const headers = [['Authorization', `Bearer ${token}`]] as const
      expect((await target.send({ path: '/admin', headers })).code).toBe('scope_insufficient')
    }
  })

  it('in the header changes nothing', async () => {
    const token = signCompact(`{${goodHeader},${member}}`, `{${goodClaims}}`, key)
    expect((await api.bearer(token)).seen?.sub).toBe('ada')
  })
})

describe('a claim is not there for being inherited', () => {
  it.each(['iss', 'aud', 'exp'])('%s', async (name) => {
    const all: Record<string, unknown> = { iss: issuer.url, aud: audience, sub: 'ada', exp: now + 300 }
    const { [name]: moved, ...others } = all
    const claims = `{"__proto__":${JSON.stringify({ [name]: moved })},${JSON.stringify(others).slice(1)}`
    expect((await api.bearer(signCompact(`{${goodHeader}}`, claims, key))).code).toBe('token_rejected')
  })

  it('nor is alg or kid', async () => {
    const claims = `{${goodClaims}}`
    const withoutAlg = signCompact(`{"__proto__":{${goodHeader}}}`, claims, key)
    expect(await api.bearer(withoutAlg)).toEqual({ code: 'token_rejected', reason: 'alg_not_allowed' })
    const otherKid = signCompact(`{"alg":"ES256","kid":"x","__proto__":{${goodHeader}}}`, claims, key)
    expect(await api.bearer(otherKid)).toEqual({ code: 'token_rejected', reason: 'key_not_found' })
  })
})

describe('a name that every object has', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    '%s is no algorithm, kid, issuer or curve',
    async (name) => {
      expect((await api.bearer(issuer.token({ header: { alg: name } }))).reason).toBe('alg_not_allowed')
      expect((await api.bearer(issuer.token({ header: { kid: name } }))).reason).toBe('key_not_found')
      expect((await api.bearer(issuer.token({ header: { typ: name } }))).reason).toBe('typ_mismatch')
      expect((await api.bearer(issuer.token({ claims: { iss: name } }))).reason).toBe('iss_unknown')
      expect((await api.bearer(issuer.token({ claims: { aud: name } }))).reason).toBe('aud_mismatch')
    },
  )
})
