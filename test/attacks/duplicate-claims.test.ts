import { signCompact } from '@latchkey/testing'
import { expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { audience, createIssuer, now, staticOptions } from './harness/issuer.js'

// A member twice: what is checked and what the app gets to see must be the same one of the two (RFC 7519 §4).

const issuer = createIssuer()
const api = useApi(staticOptions(issuer))
const key = issuer.key()

function signed(extra: string, header = `{"alg":"ES256","kid":"${key.kid}"}`): string {
  const claims = `{"iss":"${issuer.url}","aud":"${audience}","sub":"ada","exp":${now + 300}${extra}}`
  return signCompact(header, claims, key)
}

it('the last subject is the one that the app sees', async () => {
  expect((await api.bearer(signed(',"sub":"bob"'))).seen).toMatchObject({ sub: 'bob', claims: { sub: 'bob' } })
})

it.each([
  [',"aud":"https://other.example"', 'token_rejected', 'aud_mismatch'],
  [',"exp":1', 'token_expired', 'exp_passed'],
  [`,"exp":"${now + 300}"`, 'token_rejected', 'exp_invalid'],
  [',"iss":"https://other.example"', 'token_rejected', 'iss_unknown'],
  [`,"nbf":${now},"nbf":${now + 999}`, 'token_rejected', 'nbf_in_future'],
  [',"sub":5', 'token_rejected', 'sub_invalid'],
  // The same names, written with escapes.
  [',"\\u0061ud":"https://other.example"', 'token_rejected', 'aud_mismatch'],
  [',"e\\u0078p":1', 'token_expired', 'exp_passed'],
])('the last one is the one that is checked: %s', async (extra, code, reason) => {
  expect(await api.bearer(signed(extra))).toEqual({ code, reason })
})

it.each([
  [`{"alg":"ES256","alg":"none","kid":"${key.kid}"}`, 'alg_not_allowed'],
  [`{"alg":"ES256","\\u0061lg":"none","kid":"${key.kid}"}`, 'alg_not_allowed'],
  [`{"alg":"ES256","kid":"${key.kid}","kid":"other"}`, 'key_not_found'],
  [`{"alg":"ES256","kid":"${key.kid}","typ":"JWT","typ":"id+jwt"}`, 'typ_mismatch'],
])('in the header too: %s', async (header, reason) => {
  expect(await api.bearer(signed('', header))).toEqual({ code: 'token_rejected', reason })
})

it('names that differ in letter case or by a space are other members', async () => {
  const { seen } = await api.bearer(signed(',"Sub":"eve","sub ":"eve","EXP":1'))
  expect(seen?.sub).toBe('ada')
})
