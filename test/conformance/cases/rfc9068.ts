import type { Case, Expected, Topic } from '../harness/case.js'
import { named } from '../harness/configurations.js'
import type { Members } from '../harness/mint.js'

/** Against an issuer with `tokenType: 'at+jwt'`. */
const explicitTypes: readonly (readonly [typ: unknown, accepted: boolean])[] = [
  ['at+jwt', true],
  ['AT+JWT', true],
  ['At+Jwt', true],
  ['application/at+jwt', true],
  ['Application/AT+JWT', true],
  [undefined, false],
  ['JWT', false],
  ['application/jwt', false],
  ['', false],
  [null, false],
  ['at+jwt ', false],
  ['at-jwt', false],
  ['at jwt', false],
  ['at%2Bjwt', false],
  ['at+jwt+x', false],
  ['rt+jwt', false],
  [['at+jwt'], false],
]

const profile: Members = {
  client_id: 's6BhdRkqt3',
  auth_time: 1_618_354_000,
  acr: 'urn:mace:incommon:iap:silver',
  amr: ['pwd', 'otp'],
}

/** A token of the issuer that asks for the type, with `typ: 'at+jwt'` unless the header says otherwise. */
function accessToken(name: string, claims: Members, expect: Expected, header: Members = {}, path = '/me'): Case {
  const parts = { header: { typ: 'at+jwt', ...header }, claims: { iss: named.typed, ...claims } }
  return { name, server: 'several', path, token: (mint) => mint.jwt(parts), expect }
}

const more = { scope: 'openid read', groups: ['staff'], entitlements: [], roles: ['editor'] }
const idToken: Members = { nonce: 'n-0S6_WzA2Mj', at_hash: '77QmUPtjPfzWtF2AnpK9RQ' }

export const rfc9068: Topic = {
  name: 'RFC 9068, JWT access tokens',
  cases: [
    ...explicitTypes.map(([typ, accepted]) => {
      return accessToken(`typ: ${JSON.stringify(typ)}`, {}, accepted ? 'accepted' : 'token_rejected', { typ })
    }),
    accessToken('the whole profile (§2.2)', { ...profile, ...more }, 'accepted'),
    accessToken('its scope opens the route (§2.2.3)', { ...profile, ...more }, 'accepted', {}, '/read'),
    accessToken('its scope opens no more than that', { ...profile, ...more }, 'scope_insufficient', {}, '/admin'),
    accessToken('an ID token (§4)', { ...idToken, aud: 's6BhdRkqt3' }, 'token_rejected', { typ: 'JWT' }),
    accessToken('an ID token for our audience (§5)', idToken, 'token_rejected', { typ: 'JWT' }),
    accessToken('an ID token without typ', idToken, 'token_rejected', { typ: undefined }),
    accessToken('signed with none (§4)', {}, 'token_rejected', { alg: 'none' }),
    accessToken('for another resource (§4)', { aud: 'https://other.example' }, 'token_rejected'),
    accessToken('expired (§4)', { exp: 1_000_000_000 }, 'token_expired'),
    accessToken('without expiration (§2.2)', { exp: undefined }, 'token_rejected'),
    // What one issuer is asked for, another of the same app is not.
    {
      name: 'an untyped token of another issuer',
      server: 'several',
      token: (m) => m.jwt({ header: { typ: undefined } }),
      expect: 'accepted',
    },
    {
      name: 'an access token of another issuer',
      server: 'several',
      token: (m) => m.jwt({ header: { typ: 'at+jwt' } }),
      expect: 'accepted',
    },
  ],
}
