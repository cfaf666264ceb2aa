import { bearer, type Case, good, type Topic } from '../harness/case.js'
import type { Field } from '../harness/raw-http.js'

/** The Authorization field with exactly this value, the token's place marked by `{token}`. */
function authorization(...values: string[]): (token: string) => readonly Field[] {
  return (token) => values.map((value): Field => ['Authorization', value.replace('{token}', token)])
}

const form: Field = ['Content-Type', 'application/x-www-form-urlencoded']

const accepted: readonly Case[] = [
  { name: 'a Bearer token is accepted', token: good, expect: 'accepted' },
  { name: 'the scheme in lower case', token: good, fields: authorization('bearer {token}'), expect: 'accepted' },
  { name: 'the scheme in upper case', token: good, fields: authorization('BEARER {token}'), expect: 'accepted' },
  { name: 'the scheme in mixed case', token: good, fields: authorization('bEaReR {token}'), expect: 'accepted' },
  {
    name: 'several spaces after the scheme',
    token: good,
    fields: authorization('Bearer    {token}'),
    expect: 'accepted',
  },
  {
    name: 'white space around the value',
    token: good,
    fields: authorization(' \t Bearer {token}\t '),
    expect: 'accepted',
  },
  {
    name: 'the field name in lower case',
    token: good,
    fields: (t) => [['authorization', `Bearer ${t}`]],
    expect: 'accepted',
  },
  {
    name: 'the field name in upper case',
    token: good,
    fields: (t) => [['AUTHORIZATION', `Bearer ${t}`]],
    expect: 'accepted',
  },
  { name: 'a query beside the header changes nothing', token: good, path: '/me?page=2', expect: 'accepted' },
  {
    name: 'a token in the query beside the header is not looked at',
    token: good,
    path: '/me?access_token=other',
    expect: 'accepted',
  },
]

const missing: readonly Case[] = [
  { name: 'no Authorization field', expect: 'token_missing' },
  { name: 'an empty Authorization field', fields: () => [['Authorization', '']], expect: 'token_missing' },
  { name: 'an Authorization field of white space', fields: () => [['Authorization', ' \t ']], expect: 'token_missing' },
  { name: 'the Basic scheme', fields: authorization('Basic dXNlcjpwYXNz'), expect: 'token_missing' },
  {
    name: 'the DPoP scheme with a good token',
    token: good,
    fields: authorization('DPoP {token}'),
    expect: 'token_missing',
  },
  {
    name: 'a scheme that begins like Bearer',
    token: good,
    fields: authorization('Bearers {token}'),
    expect: 'token_missing',
  },
  {
    name: 'a scheme that goes on after a hyphen',
    token: good,
    fields: authorization('Bearer-Token {token}'),
    expect: 'token_missing',
  },
  { name: 'a token without a scheme', token: good, fields: authorization('{token}'), expect: 'token_missing' },
  { name: 'the scheme Token', token: good, fields: authorization('Token {token}'), expect: 'token_missing' },
  {
    name: 'a quoted Bearer in another scheme is its own affair',
    fields: authorization('Digest realm="Bearer abc"'),
    expect: 'token_missing',
  },
  {
    name: 'another scheme behind Basic',
    token: good,
    fields: authorization('Basic dXNlcjpwYXNz, Bearers {token}'),
    expect: 'token_missing',
  },
  {
    name: 'Proxy-Authorization',
    token: good,
    fields: (t) => [['Proxy-Authorization', `Bearer ${t}`]],
    expect: 'token_missing',
  },
  {
    name: 'X-Authorization',
    token: good,
    fields: (t) => [['X-Authorization', `Bearer ${t}`]],
    expect: 'token_missing',
  },
  {
    name: 'a token in the query (§2.3)',
    token: good,
    fields: () => [],
    path: (t) => `/me?access_token=${t}`,
    expect: 'token_missing',
  },
  {
    name: 'a token in a form body (§2.2)',
    token: good,
    method: 'POST',
    fields: () => [form],
    body: (t) => `access_token=${t}`,
    expect: 'token_missing',
  },
  {
    name: 'a token in a form body of a GET (§2.2)',
    token: good,
    fields: (t) => [form, ['Content-Length', String(`access_token=${t}`.length)]],
    body: (t) => `access_token=${t}`,
    expect: 'token_missing',
  },
  {
    name: 'a cookie, where only the header is configured',
    token: good,
    fields: (t) => [['Cookie', `__Host-access=${t}`]],
    expect: 'token_missing',
  },
]

/** Empty or unparsable Bearer credentials: `1*SP b64token` or nothing. */
const malformed: readonly Case[] = [
  ['nothing after the scheme', 'Bearer'],
  ['only spaces after the scheme', 'Bearer   '],
  ['a tab instead of the space', 'Bearer\t{token}'],
  ['a tab after the space', 'Bearer \t{token}'],
  ['a second word', 'Bearer {token} more'],
  ['a space within the token', 'Bearer abc def'],
  ['a quoted token', 'Bearer "{token}"'],
  ['an auth-param instead of a token', 'Bearer token="{token}"'],
  ['an equals sign in front', 'Bearer ={token}'],
  ['an equals sign in the middle', 'Bearer a={token}'],
  ['a colon', 'Bearer: {token}'],
  ['a semicolon', 'Bearer {token};'],
  ['a bracket', 'Bearer <{token}>'],
  ['a percent-encoded dot', 'Bearer abc%2Edef.ghi'],
  ['an exclamation mark', 'Bearer abc!.def.ghi'],
  ['a star', 'Bearer *'],
  ['a byte of obs-text', 'Bearer {token}\xe9'],
  ['nothing but obs-text', 'Bearer \xff\xfe'],
  ['a UTF-8 dash in place of a hyphen', 'Bearer abc\xe2\x80\x90def.ghi.jkl'],
  ['a no-break space after the scheme', 'Bearer\xa0{token}'],
  ['a comma within', 'Bearer abc,def'],
  ['a comma at the end', 'Bearer abc.def.ghi ,x'],
  ['a JWS in the JSON serialization', 'Bearer {"payload":"e30"}'],
  ['a comma behind the token', 'Bearer {token},'],
  ['another credential behind it', 'Bearer {token}, Basic dXNlcjpwYXNz'],
  ['a credential of a scheme that begins like Bearer behind it', 'Bearer {token}, Bearers abc'],
  ['Bearer behind Basic', 'Basic dXNlcjpwYXNz, Bearer {token}'],
  ['Bearer behind Basic without a space', 'Basic dXNlcjpwYXNz,bearer {token}'],
  ['Bearer behind Basic and a tab', 'Basic dXNlcjpwYXNz,\t{token}, \t Bearer'],
  ['Bearer behind an empty element', ', Bearer {token}'],
  ['Bearer in the quoted string of another scheme', 'Digest realm="a, Bearer abc"'],
  ['Bearer behind DPoP', 'DPoP {token}, Bearer {token}'],
].map(([name = '', value = '']): Case => {
  return { name: `malformed: ${name}`, token: good, fields: authorization(value), expect: 'request_malformed' }
})

const repeated: readonly Case[] = [
  {
    name: 'a Bearer without a token behind another',
    token: good,
    fields: authorization('Bearer {token}, Bearer'),
    expect: 'token_repeated',
  },
  {
    name: 'a malformed one and another',
    token: good,
    fields: authorization('Bearer a b,\tBEARER {token}'),
    expect: 'token_repeated',
  },
  {
    name: 'two Authorization fields with different tokens',
    token: good,
    fields: authorization('Bearer {token}', 'Bearer abc.def.ghi'),
    expect: 'token_repeated',
  },
  {
    name: 'two Authorization fields with the same token',
    token: good,
    fields: authorization('Bearer {token}', 'Bearer {token}'),
    expect: 'token_repeated',
  },
  {
    name: 'the good token second',
    token: good,
    fields: authorization('Bearer abc.def.ghi', 'Bearer {token}'),
    expect: 'token_repeated',
  },
  {
    name: 'two credentials in one field',
    token: good,
    fields: authorization('Bearer {token}, Bearer abc.def.ghi'),
    expect: 'token_repeated',
  },
  {
    name: 'two credentials and no space after the comma',
    token: good,
    fields: authorization('Bearer abc.def.ghi,Bearer {token}'),
    expect: 'token_repeated',
  },
  {
    name: 'two credentials, schemes in different case',
    token: good,
    fields: authorization('bearer {token}', 'BEARER abc.def.ghi'),
    expect: 'token_repeated',
  },
  {
    name: 'names of the fields in different case',
    token: good,
    fields: (t) => [
      ['Authorization', `Bearer ${t}`],
      ['AUTHORIZATION', `Bearer ${t}`],
    ],
    expect: 'token_repeated',
  },
  {
    name: 'three fields',
    token: good,
    fields: authorization('Bearer {token}', 'Bearer a.b.c', 'Bearer d.e.f'),
    expect: 'token_repeated',
  },
  {
    name: 'Bearer, Basic, Bearer',
    token: good,
    fields: authorization('Bearer {token}', 'Basic dXNlcjpwYXNz', 'Bearer a.b.c'),
    expect: 'token_repeated',
  },
]

const challenges: readonly Case[] = [
  {
    name: 'the challenge of no token names no error (§3.1), also where a scope is required',
    path: '/admin',
    expect: 'token_missing',
  },
  { name: 'a b64token that is no JWT', fields: () => bearer('mF_9.B5f-4.1JqM'), expect: 'token_malformed' },
  { name: 'an opaque token', fields: () => bearer('2YotnFZFEjr1zCsicMWpAA'), expect: 'token_malformed' },
  { name: 'a token of one character', fields: () => bearer('a'), expect: 'token_malformed' },
  {
    name: 'trailing equals signs are b64token, but no JWT',
    token: good,
    fields: (t) => bearer(`${t}==`),
    expect: 'token_malformed',
  },
  {
    name: 'plus and slash are b64token, but no base64url',
    fields: () => bearer('ab+c.de/f.ghi0'),
    expect: 'token_malformed',
  },
  { name: 'a tilde is b64token, but no base64url', fields: () => bearer('ab~c.defg.ghi0'), expect: 'token_malformed' },
  {
    name: 'a bad token on a route that needs scopes',
    path: '/admin',
    fields: () => bearer('a.b.c'),
    expect: 'token_malformed',
  },
  { name: 'the unguarded route asks nobody', path: '/public', expect: 'public' },
  {
    name: 'the unguarded route does not look at a bad token',
    path: '/public',
    fields: () => bearer('a.b.c'),
    expect: 'public',
  },
  {
    name: 'the unguarded route does not look at malformed credentials',
    path: '/public',
    fields: () => [['Authorization', 'Bearer']],
    expect: 'public',
  },
]

/** Two fields are one value. */
const twoFields: readonly Case[] = [
  {
    name: 'Basic and Bearer in two fields',
    token: good,
    fields: authorization('Basic dXNlcjpwYXNz', 'Bearer {token}'),
    expect: 'request_malformed',
  },
  {
    name: 'Bearer and Basic in two fields',
    token: good,
    fields: authorization('Bearer {token}', 'Basic dXNlcjpwYXNz'),
    expect: 'request_malformed',
  },
]

export const rfc6750: Topic = {
  name: 'RFC 6750, Bearer tokens',
  cases: [...accepted, ...missing, ...malformed, ...twoFields, ...repeated, ...challenges],
}
