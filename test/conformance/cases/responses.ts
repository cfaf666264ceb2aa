import { bearer, type Case, cookie, type Expected, good, sharing, type Topic } from '../harness/case.js'
import type { Field } from '../harness/raw-http.js'
import { keys } from '../harness/signing-keys.js'

const anyMethod = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

const methods: readonly Case[] = anyMethod.flatMap((method): Case[] => [
  { name: `${method}: a good token`, method, token: good, expect: 'accepted' },
  { name: `${method}: a good cookie`, server: 'cookie', method, token: good, fields: cookie, expect: 'accepted' },
  { name: `${method}: nobody`, method, expect: 'token_missing' },
  {
    name: `${method}: malformed credentials`,
    method,
    fields: () => [['Authorization', 'Bearer']],
    expect: 'request_malformed',
  },
  {
    name: `${method}: two tokens`,
    method,
    fields: () => [['Authorization', 'Bearer a, Bearer b']],
    expect: 'token_repeated',
  },
  { name: `${method}: a malformed token`, method, fields: () => bearer('a.b.c'), expect: 'token_malformed' },
  {
    name: `${method}: an expired token`,
    method,
    token: (m) => m.jwt({ claims: { exp: m.now - 60 } }),
    expect: 'token_expired',
  },
])

function withBody(name: string, type: string, body: string, token: boolean, expect: Expected): Case {
  const fields = (text: string): Field[] => [...(token ? bearer(text) : []), ['Content-Type', type]]
  return { name: `a body: ${name}`, method: 'POST', token: good, fields, body, expect }
}

/** `/me`, any method, has no body to read: what comes with the request changes neither success nor refusal. */
const bodies: readonly Case[] = [
  withBody('JSON', 'application/json', '{"a":1}', true, 'accepted'),
  withBody('text', 'text/plain', 'hello', true, 'accepted'),
  withBody('JSON, nobody', 'application/json', '{"a":1}', false, 'token_missing'),
  withBody('broken JSON, nobody', 'application/json', '{"a":', false, 'token_missing'),
  withBody('an unknown type, nobody', 'application/x-unknown', 'abc', false, 'token_missing'),
  withBody('an unreadable type, nobody', ';;;', 'abc', false, 'token_missing'),
  withBody('100 kB, nobody', 'application/json', `"${'x'.repeat(100_000)}"`, false, 'token_missing'),
]

function accepting(...fields: Field[]): (token: string) => readonly Field[] {
  return () => fields
}

const negotiation: readonly Case[] = [
  {
    name: 'Accept: text/html gets the same problem',
    fields: accepting(['Accept', 'text/html']),
    expect: 'token_missing',
  },
  {
    name: 'Accept that nothing satisfies gets the same problem',
    fields: accepting(['Accept', 'image/png;q=0']),
    expect: 'token_missing',
  },
  { name: 'Accept-Language changes no word', fields: accepting(['Accept-Language', 'de']), expect: 'token_missing' },
  {
    name: 'Accept-Encoding encodes nothing',
    fields: accepting(['Accept-Encoding', 'gzip, br']),
    expect: 'token_missing',
  },
  { name: 'If-None-Match is not asked', fields: accepting(['If-None-Match', '*']), expect: 'token_missing' },
  { name: 'a Range is not cut out', fields: accepting(['Range', 'bytes=0-4']), expect: 'token_missing' },
  {
    name: 'a CORS preflight is a request without a token',
    method: 'OPTIONS',
    fields: accepting(['Origin', 'https://app.example'], ['Access-Control-Request-Method', 'POST']),
    expect: 'token_missing',
  },
  {
    name: 'Accept: text/html with a good token',
    token: good,
    fields: (t) => [...bearer(t), ['Accept', 'text/html']],
    expect: 'accepted',
  },
  {
    name: 'If-None-Match with a good token',
    token: good,
    fields: (t) => [...bearer(t), ['If-None-Match', '*']],
    expect: 'accepted',
  },
]

const caching: readonly Case[] = ['/me', '/optional', '/read'].map((path): Case => {
  return {
    name: `${path}: no shared cache keeps the answer to a cookie`,
    server: 'cookie',
    path,
    token: (m) => m.jwt({ claims: { scope: 'read' } }),
    fields: cookie,
    expect: 'accepted',
  }
})

const forged = { key: keys.stranger }

/** "The same" whether tokens are remembered or not. */
const uncached = sharing('tokenCache false: ', { server: 'uncached', expect: 'accepted' }, [
  { name: 'a good token', token: good, expect: 'accepted' },
  { name: 'a good cookie', token: good, fields: cookie, expect: 'accepted' },
  { name: 'a forged token', token: (m) => m.jwt(forged), expect: 'token_rejected' },
  { name: 'an expired token', token: (m) => m.jwt({ claims: { exp: m.now - 60 } }), expect: 'token_expired' },
  { name: 'the scope', path: '/read', token: (m) => m.jwt({ claims: { scope: 'read' } }), expect: 'accepted' },
  { name: 'no scope', path: '/read', token: good, expect: 'scope_insufficient' },
])

/** What one request leaves behind must not be found by the next. */
const connection: readonly Case[] = [
  {
    name: 'a connection remembers nobody',
    server: 'cookie',
    steps: [
      { token: good, expect: 'accepted' },
      { expect: 'token_missing' },
      { path: '/optional', expect: 'anonymous' },
      { token: good, fields: cookie, expect: 'accepted' },
      { expect: 'token_missing' },
      { token: (m) => m.jwt({ claims: { sub: 'the-next-subject' } }), expect: 'accepted' },
      { token: (m) => m.jwt(forged), expect: 'token_rejected' },
      { path: '/optional', expect: 'anonymous' },
      { path: '/public', expect: 'public' },
    ],
  },
  {
    name: 'the same token by header and by cookie keeps its source',
    server: 'cookie',
    steps: [
      { token: (m) => m.jwt({ claims: { iat: 7, exp: 1e11 } }), expect: 'accepted' },
      { token: (m) => m.jwt({ claims: { iat: 7, exp: 1e11 } }), fields: cookie, expect: 'accepted' },
      { token: (m) => m.jwt({ claims: { iat: 7, exp: 1e11 } }), expect: 'accepted' },
    ],
  },
  {
    name: 'a remembered token opens no route that its scope does not',
    steps: [
      { token: (m) => m.jwt({ claims: { iat: 8, exp: 1e11, scope: 'read' } }), path: '/read', expect: 'accepted' },
      {
        token: (m) => m.jwt({ claims: { iat: 8, exp: 1e11, scope: 'read' } }),
        path: '/admin',
        expect: 'scope_insufficient',
      },
      { token: (m) => m.jwt({ claims: { iat: 8, exp: 1e11, scope: 'read' } }), path: '/read', expect: 'accepted' },
    ],
  },
  {
    name: 'a remembered token’s signature is still part of it',
    steps: [
      { token: (m) => m.jwt({ claims: { iat: 9, exp: 1e11 } }), expect: 'accepted' },
      {
        token: (m) => m.jwt({ claims: { iat: 9, exp: 1e11 }, signature: () => new Uint8Array(256).fill(3) }),
        expect: 'token_rejected',
      },
      {
        token: (m) => m.jwt({ claims: { iat: 9, exp: 1e11, sub: 'somebody-else' }, key: keys.stranger }),
        expect: 'token_rejected',
      },
      { token: (m) => m.jwt({ claims: { iat: 9, exp: 1e11 } }), expect: 'accepted' },
    ],
  },
  {
    name: 'a remembered cookie is held to the cross-origin check each time',
    server: 'cookie',
    steps: [
      { token: (m) => m.jwt({ claims: { iat: 10, exp: 1e11 } }), method: 'POST', fields: cookie, expect: 'accepted' },
      {
        token: (m) => m.jwt({ claims: { iat: 10, exp: 1e11 } }),
        method: 'POST',
        fields: (t) => [...cookie(t), ['Origin', 'https://evil.example']],
        expect: 'origin_rejected',
      },
      { token: (m) => m.jwt({ claims: { iat: 10, exp: 1e11 } }), method: 'POST', fields: bearer, expect: 'accepted' },
    ],
  },
]

export const responses: Topic = {
  name: 'responses',
  cases: [...methods, ...bodies, ...negotiation, ...caching, ...uncached, ...connection],
}
