import { bearer, type Case, cookie, type Expected, good, type Topic } from '../harness/case.js'
import type { Field } from '../harness/raw-http.js'

/** What a WebSocket client sends beside its token (RFC 6455 §4.1). */
const handshake: readonly Field[] = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
]

/** An upgrade that is refused as a plain request would be, before any 101. */
function refused(
  name: string,
  fields: (token: string) => readonly Field[],
  expect: Expected,
  more: Partial<Case> = {},
) {
  return {
    name: `an upgrade ${name}`,
    server: 'cookie',
    path: '/socket',
    token: good,
    fields: (token: string) => [...handshake, ...fields(token)],
    expect,
    ...more,
  } as const
}

/** What asks for an upgrade where there is none is answered like every other request. */
function plain(name: string, fields: readonly Field[], more: Partial<Case> = {}) {
  return {
    name,
    server: 'cookie',
    token: good,
    fields: (token: string) => [...fields, ...bearer(token)],
    expect: 'accepted',
    ...more,
  } as const
}

const evil: Field = ['Origin', 'https://evil.example']
const own: Field = ['Origin', '{origin}']

export const sockets: Topic = {
  name: 'Upgrades, before any 101',
  cases: [
    refused('without a token', () => [], 'token_missing'),
    refused('with another scheme', () => [['Authorization', 'Basic YTpi']], 'token_missing'),
    refused('with what is no token', () => bearer('x'), 'token_malformed'),
    refused('with an unparsable credential', () => [['Authorization', 'Bearer']], 'request_malformed'),
    refused('with two Authorization fields', (t) => [...bearer(t), ...bearer(t)], 'token_repeated'),
    refused(
      'with two Authorization fields, the second of another scheme',
      (t) => [...bearer(t), ['Authorization', 'Basic YTpi']],
      'request_malformed',
    ),
    refused('with a header and a cookie', (t) => [...bearer(t), ...cookie(t)], 'token_repeated'),
    refused(
      'with two cookies of the name',
      (t) => [['Cookie', `__Host-access=${t}; __Host-access=x`]],
      'token_repeated',
    ),
    refused('with an expired token', bearer, 'token_expired', {
      token: (mint) => mint.jwt({ claims: { exp: mint.now - 60 } }),
    }),
    refused('with a token for another audience', bearer, 'token_rejected', {
      token: (mint) => mint.jwt({ claims: { aud: 'https://other.example' } }),
    }),
    refused('with a cookie, from another origin', (t) => [...cookie(t), evil], 'origin_rejected'),
    refused('with a cookie, from Origin null', (t) => [...cookie(t), ['Origin', 'null']], 'origin_rejected'),
    refused(
      'with a cookie, from another site',
      (t) => [...cookie(t), ['Sec-Fetch-Site', 'cross-site'], own],
      'origin_rejected',
    ),
    refused('with a bad cookie, from another origin: the token first', () => [...cookie('x'), evil], 'token_malformed'),
    plain('another route answers what asks for a WebSocket', handshake),
    plain('another route answers what asks for HTTP/2', [
      ['Connection', 'Upgrade, HTTP2-Settings'],
      ['Upgrade', 'h2c'],
      ['HTTP2-Settings', 'AAMAAABkAAQAAP__'],
    ]),
    plain('an upgrade by the cookie is not safe on another route either', [...handshake, evil], {
      fields: (token) => [...handshake, ...cookie(token), evil],
      expect: 'origin_rejected',
    }),
  ],
}
