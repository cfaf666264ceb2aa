import { type Case, cookie, type Expected, good, type Topic } from '../harness/case.js'
import type { Field } from '../harness/raw-http.js'
import { keys } from '../harness/signing-keys.js'

const path = '/optional'

function withFields(name: string, fields: readonly Field[], expect: Expected): Case {
  return { name, server: 'cookie', path, fields: () => fields, expect }
}

export const optional: Topic = {
  name: 'the optional guard',
  cases: [
    { name: 'nobody', path, expect: 'anonymous' },
    { name: 'a good token', path, token: good, expect: 'accepted' },
    { name: 'a good token without sub', path, token: (m) => m.jwt({ claims: { sub: undefined } }), expect: 'accepted' },
    { name: 'a good cookie', server: 'cookie', path, token: good, fields: cookie, expect: 'accepted' },
    withFields('an empty cookie', [['Cookie', '__Host-access=']], 'anonymous'),
    withFields('another cookie', [['Cookie', 'theme=dark']], 'anonymous'),
    withFields('the Basic scheme', [['Authorization', 'Basic dXNlcjpwYXNz']], 'anonymous'),
    withFields('an empty Authorization field', [['Authorization', '']], 'anonymous'),
    withFields('empty Bearer credentials', [['Authorization', 'Bearer']], 'request_malformed'),
    withFields('unparsable Bearer credentials', [['Authorization', 'Bearer a b']], 'request_malformed'),
    withFields('a token that is none', [['Authorization', 'Bearer abc']], 'token_malformed'),
    withFields('a cookie that is none', [['Cookie', '__Host-access=abc']], 'token_malformed'),
    withFields(
      'two tokens',
      [
        ['Authorization', 'Bearer abc'],
        ['Cookie', '__Host-access=abc'],
      ],
      'token_repeated',
    ),
    { name: 'an expired token', path, token: (m) => m.jwt({ claims: { exp: m.now - 60 } }), expect: 'token_expired' },
    {
      name: 'a token for another audience',
      path,
      token: (m) => m.jwt({ claims: { aud: 'other' } }),
      expect: 'token_rejected',
    },
    { name: 'a forged token', path, token: (m) => m.jwt({ key: keys.stranger }), expect: 'token_rejected' },
    {
      name: 'an expired cookie',
      server: 'cookie',
      path,
      token: (m) => m.jwt({ claims: { exp: m.now - 60 } }),
      fields: cookie,
      expect: 'token_expired',
    },
    {
      name: 'a good cookie, fetched from another site',
      server: 'cookie',
      path,
      token: good,
      fields: (t) => [...cookie(t), ['Sec-Fetch-Site', 'cross-site']],
      expect: 'accepted',
    },
  ],
}
