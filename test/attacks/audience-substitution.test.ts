import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { audience, createIssuer, staticOptions } from './harness/issuer.js'

// A token for another API of the same issuer, handed on by that API or by whoever stole it there (RFC 8725 §3.9).

const issuer = createIssuer()
const other = 'https://other.example'

describe('an API', () => {
  const api = useApi(staticOptions(issuer))
  const refused = { code: 'token_rejected', reason: 'aud_mismatch' }

  it.each<unknown>([audience, [audience], [other, audience]])('accepts aud %j', async (aud) => {
    expect((await api.bearer(issuer.token({ claims: { aud } }))).code).toBe('accepted')
  })

  it.each<unknown>([
    other,
    undefined,
    null,
    '',
    [],
    [other],
    `${audience}/`,
    `${audience}.evil.example`,
    `${audience}:443`,
    `${audience}#x`,
    `${audience} ${other}`,
    `${audience},${other}`,
    audience.slice(0, -1),
    audience.toUpperCase(),
    'https://api.exаmple',
    '*',
    [[audience]],
    [{ aud: audience }],
    { 0: audience, length: 1 },
    { toString: audience },
    [audience, 5],
    [audience, null],
    0,
    true,
  ])('refuses aud %j', async (aud) => {
    expect(await api.bearer(issuer.token({ claims: { aud } }))).toEqual(refused)
  })

  it.each(['azp', 'client_id', 'resource', 'audience', 'Aud'])('does not take %s for aud', async (name) => {
    expect(await api.bearer(issuer.token({ claims: { aud: undefined, [name]: audience } }))).toEqual(refused)
  })
})

describe('two APIs of one issuer', () => {
  const mine = useApi(staticOptions(issuer))
  const theirs = useApi({ ...staticOptions(issuer), audience: other })

  it('do not accept each other’s tokens, remembered there or not', async () => {
    const [forMe, forThem] = [issuer.token(), issuer.token({ claims: { aud: other } })]
    for (let round = 0; round < 2; round++) {
      expect((await mine.bearer(forMe)).code).toBe('accepted')
      expect((await theirs.bearer(forThem)).code).toBe('accepted')
      expect((await mine.bearer(forThem)).code).toBe('token_rejected')
      expect((await theirs.bearer(forMe)).code).toBe('token_rejected')
    }
  })
})
