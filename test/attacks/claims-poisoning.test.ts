import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { useApi } from './harness/api.js'
import { createIssuer, staticOptions } from './harness/issuer.js'

// A remembered token gives every request the same claims. A handler that writes into them must not write into the next one.

const issuer = createIssuer()
const claims = { roles: ['user'], profile: { plan: 'free' }, scope: 'read' }

describe.each([
  ['without a schema', undefined],
  ['with a schema', z.object({ roles: z.array(z.string()), profile: z.object({ plan: z.string() }) })],
  [
    'with a schema that freezes only what is on top',
    z.object({ roles: z.array(z.string()), profile: z.object({ plan: z.string() }) }).readonly(),
  ],
])('%s', (_what, schema) => {
  const api = useApi(schema === undefined ? staticOptions(issuer) : { ...staticOptions(issuer), claims: schema })

  it('what one handler writes, no other sees', async () => {
    const token = issuer.token({ claims })
    const headers = [['Authorization', `Bearer ${token}`]] as const
    const before = await api.bearer(token)
    expect(before.seen).toMatchObject({ sub: 'ada', scope: ['read'], claims })
    expect((await api.send({ path: '/poison', headers })).seen).toEqual(before.seen)
    expect((await api.bearer(token)).seen).toEqual(before.seen)
    expect((await api.send({ path: '/admin', headers })).code).toBe('scope_insufficient')
    expect((await api.cookie(token)).seen).toEqual({ ...before.seen, source: 'cookie' })
  })
})
