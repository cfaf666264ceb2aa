import { bearer, type Case, type Expected, type Topic } from '../harness/case.js'
import { named } from '../harness/configurations.js'
import { audience, type JwtParts, type Members, type Mint } from '../harness/mint.js'

function claims(over: Members): (mint: Mint) => string {
  return (mint) => mint.jwt({ claims: over })
}

/** One claim written as no JSON serializer would. */
function written(name: string, literal: string): (mint: Mint) => string {
  return (mint) =>
    mint.jwt({ claims: { [name]: '@' }, claimsText: (all) => JSON.stringify(all).replace('"@"', literal) })
}

const issuer: readonly Case[] = [
  { name: 'iss: ours', token: claims({}), expect: 'accepted' },
  { name: 'iss: missing', token: claims({ iss: undefined }), expect: 'token_rejected' },
  { name: 'iss: another', token: claims({ iss: 'https://evil.example/' }), expect: 'token_rejected' },
  {
    name: 'iss: without its trailing slash',
    token: (m) => m.jwt({ claims: { iss: m.issuer.slice(0, -1) } }),
    expect: 'token_rejected',
  },
  {
    name: 'iss: with another slash',
    token: (m) => m.jwt({ claims: { iss: `${m.issuer}/` } }),
    expect: 'token_rejected',
  },
  {
    name: 'iss: in upper case',
    token: (m) => m.jwt({ claims: { iss: m.issuer.toUpperCase() } }),
    expect: 'token_rejected',
  },
  { name: 'iss: with white space', token: (m) => m.jwt({ claims: { iss: `${m.issuer} ` } }), expect: 'token_rejected' },
  {
    name: 'iss: an equivalent URL',
    token: (m) => m.jwt({ claims: { iss: m.issuer.replace('/main/', '/x/../main/') } }),
    expect: 'token_rejected',
  },
  {
    name: 'iss: ours as its beginning',
    token: (m) => m.jwt({ claims: { iss: `${m.issuer}.evil.example` } }),
    expect: 'token_rejected',
  },
  { name: 'iss: ours in a list', token: (m) => m.jwt({ claims: { iss: [m.issuer] } }), expect: 'token_rejected' },
  { name: 'iss: null', token: claims({ iss: null }), expect: 'token_rejected' },
  { name: 'iss: a number', token: claims({ iss: 7 }), expect: 'token_rejected' },
  { name: 'iss: empty', token: claims({ iss: '' }), expect: 'token_rejected' },
  { name: 'iss: __proto__', token: claims({ iss: '__proto__' }), expect: 'token_rejected' },
  {
    name: 'iss: in the header alone (§5.3)',
    token: (m) => m.jwt({ header: { iss: m.issuer }, claims: { iss: undefined } }),
    expect: 'token_rejected',
  },
]

const audiences: readonly Case[] = [
  { name: 'aud: ours in a list of one', token: claims({ aud: [audience] }), expect: 'accepted' },
  {
    name: 'aud: ours among others',
    token: claims({ aud: ['https://one.example', audience, 'https://two.example'] }),
    expect: 'accepted',
  },
  { name: 'aud: missing', token: claims({ aud: undefined }), expect: 'token_rejected' },
  { name: 'aud: another', token: claims({ aud: 'https://other.example' }), expect: 'token_rejected' },
  {
    name: 'aud: others only',
    token: claims({ aud: ['https://one.example', 'https://two.example'] }),
    expect: 'token_rejected',
  },
  { name: 'aud: an empty list', token: claims({ aud: [] }), expect: 'token_rejected' },
  { name: 'aud: an empty string', token: claims({ aud: '' }), expect: 'token_rejected' },
  { name: 'aud: null', token: claims({ aud: null }), expect: 'token_rejected' },
  { name: 'aud: true', token: claims({ aud: true }), expect: 'token_rejected' },
  { name: 'aud: an object', token: claims({ aud: { 0: audience, length: 1 } }), expect: 'token_rejected' },
  { name: 'aud: a list in a list', token: claims({ aud: [[audience]] }), expect: 'token_rejected' },
  { name: 'aud: ours beside a number', token: claims({ aud: [audience, 7] }), expect: 'token_rejected' },
  { name: 'aud: ours beside null', token: claims({ aud: [null, audience] }), expect: 'token_rejected' },
  { name: 'aud: ours with a slash', token: claims({ aud: `${audience}/` }), expect: 'token_rejected' },
  { name: 'aud: ours in upper case', token: claims({ aud: audience.toUpperCase() }), expect: 'token_rejected' },
  { name: 'aud: the beginning of ours', token: claims({ aud: audience.slice(0, -1) }), expect: 'token_rejected' },
  {
    name: 'aud: ours as a word of a string',
    token: claims({ aud: `https://one.example ${audience}` }),
    expect: 'token_rejected',
  },
]

const expiration: readonly Case[] = [
  { name: 'exp: missing', token: claims({ exp: undefined }), expect: 'token_rejected' },
  { name: 'exp: null', token: claims({ exp: null }), expect: 'token_rejected' },
  { name: 'exp: a string of digits', token: claims({ exp: '99999999999' }), expect: 'token_rejected' },
  { name: 'exp: a date', token: claims({ exp: '2999-01-01T00:00:00Z' }), expect: 'token_rejected' },
  { name: 'exp: true', token: claims({ exp: true }), expect: 'token_rejected' },
  { name: 'exp: a list', token: claims({ exp: [99_999_999_999] }), expect: 'token_rejected' },
  { name: 'exp: an object', token: claims({ exp: {} }), expect: 'token_rejected' },
  { name: 'exp: not finite (1e400)', token: written('exp', '1e400'), expect: 'token_rejected' },
  { name: 'exp: far off', token: claims({ exp: 1e300 }), expect: 'accepted' },
  { name: 'exp: with a fraction', token: (m) => m.jwt({ claims: { exp: m.now + 60.5 } }), expect: 'accepted' },
  { name: 'exp: in exponent notation', token: written('exp', '9.9e10'), expect: 'accepted' },
  { name: 'exp: passed', token: (m) => m.jwt({ claims: { exp: m.now - 3600 } }), expect: 'token_expired' },
  { name: 'exp: zero', token: claims({ exp: 0 }), expect: 'token_expired' },
  { name: 'exp: minus zero', token: written('exp', '-0'), expect: 'token_expired' },
  { name: 'exp: negative', token: claims({ exp: -1 }), expect: 'token_expired' },
  { name: 'exp: not finite below (-1e400)', token: written('exp', '-1e400'), expect: 'token_rejected' },
  {
    name: 'exp: of duplicate members the last wins, passed',
    token: written('x', '1,"exp":1'),
    expect: 'token_expired',
  },
  {
    name: 'exp: of duplicate members the last wins, to come',
    token: (m) => m.jwt({ claimsText: (all) => JSON.stringify(all).replace('{', '{"exp":1,') }),
    expect: 'accepted',
  },
]

const otherTimes: readonly Case[] = [
  { name: 'nbf: passed', token: (m) => m.jwt({ claims: { nbf: m.now - 60 } }), expect: 'accepted' },
  { name: 'nbf: to come', token: (m) => m.jwt({ claims: { nbf: m.now + 60 } }), expect: 'token_rejected' },
  { name: 'nbf: null', token: claims({ nbf: null }), expect: 'token_rejected' },
  { name: 'nbf: a string', token: claims({ nbf: '1' }), expect: 'token_rejected' },
  { name: 'nbf: not finite', token: written('nbf', '-1e999'), expect: 'token_rejected' },
  { name: 'nbf: zero', token: claims({ nbf: 0 }), expect: 'accepted' },
  { name: 'iat: missing', token: claims({ iat: undefined }), expect: 'accepted' },
  { name: 'iat: to come', token: (m) => m.jwt({ claims: { iat: m.now + 60 } }), expect: 'token_rejected' },
  { name: 'iat: null', token: claims({ iat: null }), expect: 'token_rejected' },
  { name: 'iat: a string', token: claims({ iat: '1' }), expect: 'token_rejected' },
  { name: 'iat: not finite', token: written('iat', '-1e999'), expect: 'token_rejected' },
  { name: 'iat: long ago', token: claims({ iat: 1 }), expect: 'accepted' },
]

const strings: readonly Case[] = ['sub', 'jti', 'client_id'].flatMap((name): Case[] => [
  { name: `${name}: missing`, token: claims({ [name]: undefined }), expect: 'accepted' },
  { name: `${name}: empty`, token: claims({ [name]: '' }), expect: 'accepted' },
  { name: `${name}: null`, token: claims({ [name]: null }), expect: 'token_rejected' },
  { name: `${name}: a number`, token: claims({ [name]: 12_345 }), expect: 'token_rejected' },
  { name: `${name}: a list`, token: claims({ [name]: ['someone'] }), expect: 'token_rejected' },
  { name: `${name}: an object`, token: claims({ [name]: {} }), expect: 'token_rejected' },
])

const whole: readonly Case[] = [
  {
    name: 'claims come back as they were sent',
    token: claims({ roles: ['a', 'b'], nested: { deep: [1, null, false, 1.5] }, empty: {} }),
    expect: 'accepted',
  },
  {
    name: 'claims beyond ASCII come back as they were sent',
    token: claims({ name: 'Zoë 李明 🔑', rtl: 'שלום' }),
    expect: 'accepted',
  },
  { name: 'a lone surrogate escape', token: written('x', '"\\ud83d"'), expect: 'accepted' },
  { name: 'an escaped NUL', token: written('x', '"a\\u0000b"'), expect: 'accepted' },
  {
    name: 'of a duplicate sub the last wins',
    token: (m) => m.jwt({ claimsText: (all) => JSON.stringify(all).replace('{', '{"sub":"first-of-two",') }),
    expect: 'accepted',
  },
  {
    name: 'claims 64 levels deep',
    token: (m) =>
      m.jwt({
        claims: { x: '@' },
        claimsText: (all) => JSON.stringify(all).replace('"@"', '['.repeat(63) + ']'.repeat(63)),
      }),
    expect: 'accepted',
  },
  {
    name: 'claims 65 levels deep',
    token: (m) =>
      m.jwt({
        claims: { x: '@' },
        claimsText: (all) => JSON.stringify(all).replace('"@"', '['.repeat(64) + ']'.repeat(64)),
      }),
    expect: 'token_rejected',
  },
  {
    name: 'lists two thousand deep',
    token: (m) =>
      m.jwt({
        claims: { x: '@' },
        claimsText: (all) => JSON.stringify(all).replace('"@"', '['.repeat(2000) + ']'.repeat(2000)),
      }),
    expect: 'token_rejected',
  },
  {
    name: 'objects six hundred deep',
    token: (m) =>
      m.jwt({
        claims: { x: '@' },
        claimsText: (all) => JSON.stringify(all).replace('"@"', `${'{"":'.repeat(600)}0${'}'.repeat(600)}`),
      }),
    expect: 'token_rejected',
  },
  {
    name: 'lists two thousand deep, not signed by us',
    token: (m) =>
      m.jwt({
        signature: () => new Uint8Array(256),
        claims: { x: '@' },
        claimsText: (all) => JSON.stringify(all).replace('"@"', '['.repeat(2000) + ']'.repeat(2000)),
      }),
    expect: 'token_rejected',
  },
  {
    name: 'five hundred claims',
    token: claims(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`c${i}`, i]))),
    expect: 'accepted',
  },
  { name: 'no claims at all', token: (m) => m.jwt({ claimsText: () => '{}' }), expect: 'token_rejected' },
  {
    name: 'claims named like an object’s own',
    token: claims({ constructor: 'x', toString: 'y', hasOwnProperty: 'z' }),
    expect: 'accepted',
  },
  {
    name: 'a claims set under __proto__ is not the claims set',
    token: (m) => m.jwt({ claimsText: (all) => `{"__proto__":${JSON.stringify(all)}}` }),
    expect: 'token_rejected',
  },
  {
    name: 'a scope under __proto__ is no scope',
    token: (m) => m.jwt({ claimsText: (all) => JSON.stringify(all).replace('{', '{"__proto__":{"scope":"read"},') }),
    path: '/read',
    expect: 'scope_insufficient',
  },
]

const unsecured: readonly Case[] = [
  {
    name: 'an unsecured JWT (§6)',
    token: (m) => {
      const [, payload] = m.segments()
      return `eyJhbGciOiJub25lIn0.${payload}.`
    },
    fields: bearer,
    expect: 'token_malformed',
  },
  { name: 'a nested JWT (§5.2): cty JWT', token: (m) => m.jwt({ header: { cty: 'JWT' } }), expect: 'token_rejected' },
  { name: 'cty in lower case', token: (m) => m.jwt({ header: { cty: 'jwt' } }), expect: 'token_rejected' },
  { name: 'cty in mixed case', token: (m) => m.jwt({ header: { cty: 'Jwt' } }), expect: 'token_rejected' },
  // Reading: RFC 7515 §4.1.10 makes `application/jwt` and `JWT` the same content type.
  {
    name: 'cty as a whole media type',
    token: (m) => m.jwt({ header: { cty: 'application/jwt' } }),
    expect: 'token_rejected',
  },
  { name: 'another cty says nothing', token: (m) => m.jwt({ header: { cty: 'json' } }), expect: 'accepted' },
]

/** Issuers for which the audience is a list, or is not checked. */
const configured: readonly (readonly [name: string, iss: string, parts: JwtParts, expect: Expected])[] = [
  ['several audiences: the first', named.listOfAudiences, { claims: { aud: 'https://one.example' } }, 'accepted'],
  ['several audiences: the second, in a list', named.listOfAudiences, { claims: { aud: ['x', audience] } }, 'accepted'],
  [
    'several audiences: none of them',
    named.listOfAudiences,
    { claims: { aud: 'https://two.example' } },
    'token_rejected',
  ],
  ['several audiences: missing', named.listOfAudiences, { claims: { aud: undefined } }, 'token_rejected'],
  ['audience not checked: missing', named.noAudience, { claims: { aud: undefined } }, 'accepted'],
  ['audience not checked: another', named.noAudience, { claims: { aud: 'https://other.example' } }, 'accepted'],
  [
    'audience not checked: all else is',
    named.noAudience,
    { claims: { aud: undefined, exp: undefined } },
    'token_rejected',
  ],
]

export const rfc7519: Topic = {
  name: 'RFC 7519, JSON Web Token',
  cases: [
    ...issuer,
    ...audiences,
    ...expiration,
    ...otherTimes,
    ...strings,
    ...whole,
    ...unsecured,
    ...configured.map(([name, iss, parts, expect]): Case => {
      return { name, server: 'several', token: (m) => m.jwt({ ...parts, claims: { iss, ...parts.claims } }), expect }
    }),
  ],
}
