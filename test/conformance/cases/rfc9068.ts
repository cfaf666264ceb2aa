import type { Case, Topic } from '../harness/case.js'
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

const accessTokens: readonly Case[] = [
  {
    name: 'the whole profile (§2.2)',
    server: 'accessTokens',
    token: (m) =>
      m.jwt({
        header: { typ: 'at+jwt' },
        claims: { ...profile, scope: 'openid read', groups: ['staff'], entitlements: [], roles: ['editor'] },
      }),
    expect: 'accepted',
  },
  {
    name: 'scope of the profile opens the route (§2.2.3)',
    server: 'accessTokens',
    path: '/read',
    token: (m) => m.jwt({ header: { typ: 'at+jwt' }, claims: { ...profile, scope: 'openid read' } }),
    expect: 'accepted',
  },
  {
    name: 'an ID token is not an access token (§4)',
    server: 'accessTokens',
    token: (m) => m.jwt({ claims: { aud: 's6BhdRkqt3', nonce: 'n-0S6_WzA2Mj', at_hash: '77QmUPtjPfzWtF2AnpK9RQ' } }),
    expect: 'token_rejected',
  },
  {
    name: 'an ID token with our audience is not one either',
    server: 'accessTokens',
    token: (m) => m.jwt({ claims: { nonce: 'n-0S6_WzA2Mj' } }),
    expect: 'token_rejected',
  },
  {
    name: 'signed with none (§4)',
    server: 'accessTokens',
    token: (m) => m.jwt({ header: { typ: 'at+jwt', alg: 'none' } }),
    expect: 'token_rejected',
  },
  {
    name: 'for another resource (§4)',
    server: 'accessTokens',
    token: (m) => m.jwt({ header: { typ: 'at+jwt' }, claims: { aud: 'https://other.example' } }),
    expect: 'token_rejected',
  },
  {
    name: 'expired (§4)',
    server: 'accessTokens',
    token: (m) => m.jwt({ header: { typ: 'at+jwt' }, claims: { exp: m.now - 60 } }),
    expect: 'token_expired',
  },
  {
    name: 'one issuer of several asks for the type: with it',
    server: 'several',
    token: (m) => m.jwt({ header: { typ: 'at+jwt' }, claims: { iss: named.typed } }),
    expect: 'accepted',
  },
  {
    name: 'one issuer of several asks for the type: without it',
    server: 'several',
    token: (m) => m.jwt({ claims: { iss: named.typed } }),
    expect: 'token_rejected',
  },
]

export const rfc9068: Topic = {
  name: 'RFC 9068, JWT access tokens',
  cases: [
    ...explicitTypes.map(([typ, accepted]): Case => {
      const expect = accepted ? 'accepted' : 'token_rejected'
      return {
        name: `typ: ${JSON.stringify(typ)}`,
        server: 'accessTokens',
        token: (m) => m.jwt({ header: { typ } }),
        expect,
      }
    }),
    ...accessTokens,
  ],
}
