import { bearer, type Case, cookie, good, type Topic } from '../harness/case.js'
import type { Field } from '../harness/raw-http.js'

/** One Cookie field with exactly this value, the token's place marked by `{token}`. */
function cookies(...values: string[]): (token: string) => readonly Field[] {
  return (token) => values.map((value): Field => ['Cookie', value.replaceAll('{token}', token)])
}

const fromCookie: readonly Case[] = [
  { name: 'the access cookie', token: good, fields: cookie, expect: 'accepted' },
  {
    name: 'the access cookie after another',
    token: good,
    fields: cookies('theme=dark; __Host-access={token}'),
    expect: 'accepted',
  },
  {
    name: 'the access cookie before another',
    token: good,
    fields: cookies('__Host-access={token}; theme=dark'),
    expect: 'accepted',
  },
  {
    name: 'the access cookie in the second of two fields',
    token: good,
    fields: cookies('theme=dark', '__Host-access={token}'),
    expect: 'accepted',
  },
  {
    name: 'the access cookie in the first of two fields',
    token: good,
    fields: cookies('__Host-access={token}', 'theme=dark'),
    expect: 'accepted',
  },
  {
    name: 'beside a cookie of obs-text',
    token: good,
    fields: cookies('name=Ren\xe9; __Host-access={token}'),
    expect: 'accepted',
  },
  {
    name: 'beside a pair without a name',
    token: good,
    fields: cookies('=nameless; __Host-access={token}'),
    expect: 'accepted',
  },
  {
    name: 'beside a pair without an equals sign',
    token: good,
    fields: cookies('flag; __Host-access={token}'),
    expect: 'accepted',
  },
  {
    name: 'beside a cookie that holds JSON',
    token: good,
    fields: cookies('prefs={"a":1,"b":"x, y"}; __Host-access={token}'),
    expect: 'accepted',
  },
  {
    name: 'the Cookie field name in lower case',
    token: good,
    fields: (t) => [['cookie', `__Host-access=${t}`]],
    expect: 'accepted',
  },
  {
    name: 'the Basic scheme beside the cookie',
    token: good,
    fields: (t) => [['Authorization', 'Basic dXNlcjpwYXNz'], ...cookie(t)],
    expect: 'accepted',
  },
  {
    name: 'an empty Authorization field beside the cookie',
    token: good,
    fields: (t) => [['Authorization', ''], ...cookie(t)],
    expect: 'accepted',
  },
  // "the same cookie twice with different values": with the same value there is only one token.
  {
    name: 'the cookie twice with the same value',
    token: good,
    fields: cookies('__Host-access={token}; __Host-access={token}'),
    expect: 'accepted',
  },
  {
    name: 'the cookie on a route that needs a scope',
    token: (m) => m.jwt({ claims: { scope: 'read' } }),
    path: '/read',
    fields: cookie,
    expect: 'accepted',
  },
]

const noToken: readonly Case[] = [
  { name: 'neither header nor cookie', expect: 'token_missing' },
  { name: 'an empty cookie', fields: cookies('__Host-access='), expect: 'token_missing' },
  { name: 'a cookie without an equals sign', fields: cookies('__Host-access'), expect: 'token_missing' },
  { name: 'an empty Cookie field', fields: cookies(''), expect: 'token_missing' },
  { name: 'the name in lower case', token: good, fields: cookies('__host-access={token}'), expect: 'token_missing' },
  { name: 'the name in upper case', token: good, fields: cookies('__HOST-ACCESS={token}'), expect: 'token_missing' },
  { name: 'a longer name', token: good, fields: cookies('__Host-access2={token}'), expect: 'token_missing' },
  { name: 'a name with a prefix', token: good, fields: cookies('x__Host-access={token}'), expect: 'token_missing' },
  { name: 'a percent-encoded name', token: good, fields: cookies('__Host%2Daccess={token}'), expect: 'token_missing' },
  {
    name: 'the pair as another cookie’s value',
    token: good,
    fields: cookies('other=__Host-access={token}'),
    expect: 'token_missing',
  },
  {
    name: 'the pair as a cookie’s quoted value',
    token: good,
    fields: cookies('other="__Host-access={token}"'),
    expect: 'token_missing',
  },
  {
    name: 'the pair after a comma',
    token: good,
    fields: cookies('other=1, __Host-access={token}'),
    expect: 'token_missing',
  },
]

const badCookie: readonly Case[] = [
  { name: 'an unreadable token in the cookie', fields: cookies('__Host-access=abc'), expect: 'token_malformed' },
  {
    name: 'quotes are not taken off',
    token: good,
    fields: cookies('__Host-access="{token}"'),
    expect: 'token_malformed',
  },
  { name: 'empty quotes are a value', fields: cookies('__Host-access=""'), expect: 'token_malformed' },
  {
    name: 'percent-encoding is not decoded',
    token: good,
    fields: (t) => cookie(t.replaceAll('.', '%2E')),
    expect: 'token_malformed',
  },
  {
    name: 'a scheme in the cookie is part of the value',
    token: good,
    fields: cookies('__Host-access=Bearer {token}'),
    expect: 'token_malformed',
  },
  { name: 'a space within', fields: cookies('__Host-access=abc. def.ghi'), expect: 'token_malformed' },
  { name: 'a comma within', token: good, fields: cookies('__Host-access={token},{token}'), expect: 'token_malformed' },
  {
    name: 'an equals sign after the token',
    token: good,
    fields: cookies('__Host-access={token}='),
    expect: 'token_malformed',
  },
  { name: 'obs-text within', token: good, fields: cookies('__Host-access={token}\xff'), expect: 'token_malformed' },
  {
    name: 'an expired token in the cookie',
    token: (m) => m.jwt({ claims: { exp: m.now - 60 } }),
    fields: cookie,
    expect: 'token_expired',
  },
  {
    name: 'a token for another audience in the cookie',
    token: (m) => m.jwt({ claims: { aud: 'other' } }),
    fields: cookie,
    expect: 'token_rejected',
  },
  { name: 'a cookie without the scope', token: good, path: '/admin', fields: cookie, expect: 'scope_insufficient' },
]

const repeated: readonly Case[] = [
  {
    name: 'header and cookie with the same token',
    token: good,
    fields: (t) => [...bearer(t), ...cookie(t)],
    expect: 'token_repeated',
  },
  { name: 'cookie before header', token: good, fields: (t) => [...cookie(t), ...bearer(t)], expect: 'token_repeated' },
  {
    name: 'a good header and a bad cookie',
    token: good,
    fields: (t) => [...bearer(t), ...cookie('abc')],
    expect: 'token_repeated',
  },
  {
    name: 'a bad header and a good cookie',
    token: good,
    fields: (t) => [...bearer('abc'), ...cookie(t)],
    expect: 'token_repeated',
  },
  {
    name: 'the cookie twice with different values',
    token: good,
    fields: cookies('__Host-access={token}; __Host-access=abc'),
    expect: 'token_repeated',
  },
  {
    name: 'the cookie twice, the good value last',
    token: good,
    fields: cookies('__Host-access=abc; __Host-access={token}'),
    expect: 'token_repeated',
  },
  {
    name: 'the cookie twice in two fields',
    token: good,
    fields: cookies('__Host-access={token}', '__Host-access=abc'),
    expect: 'token_repeated',
  },
  // Reading: "the same cookie twice with different values" comes before "an empty value is no token".
  {
    name: 'the cookie once empty and once not',
    token: good,
    fields: cookies('__Host-access=; __Host-access={token}'),
    expect: 'token_repeated',
  },
]

const precedence: readonly Case[] = [
  {
    name: 'a malformed header is not passed over for a good cookie',
    token: good,
    fields: (t) => [['Authorization', 'Bearer'], ...cookie(t)],
    expect: 'request_malformed',
  },
  {
    name: 'an unparsable header is not passed over for a good cookie',
    token: good,
    fields: (t) => [['Authorization', 'Bearer a b'], ...cookie(t)],
    expect: 'request_malformed',
  },
  {
    name: 'an empty cookie beside a good header',
    token: good,
    fields: (t) => [...bearer(t), ...cookie('')],
    expect: 'accepted',
  },
  {
    name: 'another cookie beside a good header',
    token: good,
    fields: (t) => [...bearer(t), ['Cookie', 'theme=dark']],
    expect: 'accepted',
  },
]

const oneSource: readonly Case[] = [
  { name: 'cookie only: the cookie', token: good, fields: cookie, expect: 'accepted' },
  { name: 'cookie only: a header is not looked at', token: good, expect: 'token_missing' },
  {
    name: 'cookie only: a malformed header is not looked at',
    token: good,
    fields: (t) => [['Authorization', 'Bearer'], ...cookie(t)],
    expect: 'accepted',
  },
  {
    name: 'cookie only: header and cookie',
    token: good,
    fields: (t) => [...cookie(t), ...bearer('abc')],
    expect: 'accepted',
  },
]

const headerOnly: readonly Case[] = [
  {
    name: 'header only: a bad cookie is not looked at',
    token: good,
    fields: (t) => [...bearer(t), ...cookie('abc')],
    expect: 'accepted',
  },
  { name: 'header only: a good cookie is not a token', token: good, fields: cookie, expect: 'token_missing' },
]

const twoCookies: readonly Case[] = [
  {
    name: 'two cookies configured: the first alone',
    token: good,
    fields: cookies('first={token}'),
    expect: 'accepted',
  },
  {
    name: 'two cookies configured: the second alone',
    token: good,
    fields: cookies('second={token}'),
    expect: 'accepted',
  },
  {
    name: 'two cookies configured: an empty first',
    token: good,
    fields: cookies('first=; second={token}'),
    expect: 'accepted',
  },
  {
    name: 'two cookies configured: both',
    token: good,
    fields: cookies('first={token}; second={token}'),
    expect: 'token_repeated',
  },
  { name: 'two cookies configured: neither', token: good, fields: cookie, expect: 'token_missing' },
]

function on(server: 'cookie' | 'cookieOnly' | 'header' | 'twoCookies', cases: readonly Case[]): readonly Case[] {
  return cases.map((each) => ({ ...each, server }))
}

export const selection: Topic = {
  name: 'selecting the one token',
  cases: [
    ...on('cookie', [...fromCookie, ...noToken, ...badCookie, ...repeated, ...precedence]),
    ...on('cookieOnly', oneSource),
    ...on('header', headerOnly),
    ...on('twoCookies', twoCookies),
  ],
}
