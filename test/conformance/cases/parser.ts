import { bearer, cookie, good, sharing, type Topic } from '../harness/case.js'

const withToken = sharing('', { token: good, expect: 'not served' }, [
  { name: 'a NUL in the token', fields: (t) => bearer(`${t}\0`) },
  { name: 'a NUL before the token', fields: (t) => [['Authorization', `Bearer\0${t}`]] },
  { name: 'a bare carriage return in the value', fields: (t) => [['Authorization', `Bearer ${t}\rX-Role: admin`]] },
  { name: 'a control character in the scheme', fields: (t) => [['Authorization', `Bear\x01er ${t}`]] },
  { name: 'a DEL after the token', fields: (t) => bearer(`${t}\x7f`) },
  { name: 'a space before the colon', fields: (t) => [['Authorization ', `Bearer ${t}`]] },
  { name: 'a field name of obs-text', fields: (t) => [['Authoriz\xe4tion', `Bearer ${t}`]] },
  { name: 'a cookie with a NUL', server: 'cookie', fields: (t) => cookie(`${t}\0`) },
  { name: 'credentials of 20,000 characters', fields: () => bearer('A'.repeat(20_000)) },
  { name: 'a cookie of 20,000 characters', server: 'cookie', fields: () => cookie('A'.repeat(20_000)) },
  { name: 'three thousand fields', fields: () => Array.from({ length: 3000 }, (_, i) => [`x-${i}`, ''] as const) },
  {
    name: 'two Content-Length fields',
    method: 'POST',
    fields: (t) => [...bearer(t), ['Content-Length', '1'], ['Content-Length', '2']],
    body: 'ab',
  },
  {
    name: 'Content-Length and chunked at once',
    method: 'POST',
    fields: (t) => [...bearer(t), ['Content-Length', '5'], ['Transfer-Encoding', 'chunked']],
    body: '0\r\n\r\n',
  },
  { name: 'a method in lower case', method: 'get', fields: bearer },
  {
    name: 'HTTP/1.0 without Host, a cookie and a foreign Origin',
    server: 'cookie',
    version: 'HTTP/1.0',
    host: false,
    method: 'POST',
    fields: (t) => [...cookie(t), ['Origin', 'https://evil.example']],
  },
  {
    name: 'a Host of two words, a cookie and a foreign Origin',
    server: 'cookie',
    method: 'POST',
    fields: (t) => [...cookie(t), ['Host', 'a b'], ['Origin', 'https://evil.example']],
  },
  {
    name: 'a Host with a path, a cookie and a foreign Origin',
    server: 'cookie',
    method: 'POST',
    fields: (t) => [...cookie(t), ['Host', 'evil.example/x'], ['Origin', 'https://evil.example']],
  },
  {
    name: 'a Host with user information, a cookie and a foreign Origin',
    server: 'cookie',
    method: 'POST',
    fields: (t) => [...cookie(t), ['Host', 'x@evil.example'], ['Origin', 'https://evil.example']],
  },
  {
    name: 'an empty Host, a cookie and a foreign Origin',
    server: 'cookie',
    method: 'POST',
    fields: (t) => [...cookie(t), ['Host', ''], ['Origin', 'https://evil.example']],
  },
  {
    name: 'a Host with an impossible port, a cookie and Origin null',
    server: 'cookie',
    method: 'POST',
    fields: (t) => [...cookie(t), ['Host', 'a:99999'], ['Origin', 'null']],
  },
  {
    name: 'a Host of percent signs, a cookie and Origin null',
    server: 'cookie',
    method: 'POST',
    fields: (t) => [...cookie(t), ['Host', '%%%'], ['Origin', 'null']],
  },
])

const withoutToken = sharing('', { expect: 'not served' }, [
  { name: 'a method that nobody knows', method: 'BEAR', fields: bearer },
  { name: 'TRACE, nobody', method: 'TRACE' },
  { name: 'QUERY, nobody', method: 'QUERY' },
  { name: 'HTTP/1.1 without Host, nobody', host: false },
  { name: 'HTTP/1.0 without Host, nobody', version: 'HTTP/1.0', host: false },
  { name: 'HTTP/1.0 without Host, a bad token', version: 'HTTP/1.0', host: false, fields: () => bearer('a.b.c') },
  { name: 'a Host of obs-text, nobody', fields: () => [['Host', '\xff\xfe']] },
  { name: 'a Host with brackets, nobody', fields: () => [['Host', '[::1']] },
  { name: 'a target in absolute form, nobody', path: 'http://127.0.0.1/me' },
  { name: 'a target that cannot be decoded, nobody', path: '/%E0%A4%A' },
  { name: 'a target with two slashes, nobody', path: '//me' },
  { name: 'a target with a backslash, nobody', path: '/\\me' },
  { name: 'a target that steps up, nobody', path: '/public/../me' },
  { name: 'an asterisk target, nobody', method: 'OPTIONS', path: '*' },
  { name: 'a version of the future, nobody', version: 'HTTP/9.9' },
])

/**
 * Requests that an HTTP server may refuse before a library sees them. Whoever refuses: it is no 5xx, and nobody gets in.
 * A good token comes with those that no server has to understand.
 */
export const parser: Topic = { name: 'what HTTP itself refuses', cases: [...withToken, ...withoutToken] }
