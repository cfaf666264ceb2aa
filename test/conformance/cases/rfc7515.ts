import { type Case, cookie, sharing, type Topic } from '../harness/case.js'
import { base64url, type JwtParts, type Members, type Mint, withTrailingBits } from '../harness/mint.js'
import { keys } from '../harness/signing-keys.js'

/** Puts a good token's segments together wrongly. */
function rearranged(build: (header: string, payload: string, signature: string) => string): (mint: Mint) => string {
  return (mint) => build(...mint.segments())
}

function jwt(parts: JwtParts): (mint: Mint) => string {
  return (mint) => mint.jwt(parts)
}

/** A good token one of whose segments leaves spare bits, for that segment to be written in another way. */
function respelt(which: 0 | 1 | 2): (mint: Mint) => string {
  return (mint) => {
    for (const pad of ['', 'x', 'xx', 'xxx']) {
      const segments = [...mint.segments({ header: { pad }, claims: { pad } })]
      const segment = segments[which] ?? ''
      if (segment.length % 4 === 0) continue
      segments[which] = withTrailingBits(segment)
      return segments.join('.')
    }
    throw new Error('no segment with spare bits')
  }
}

const segments = sharing('segments: ', { expect: 'token_malformed' }, [
  { name: 'one segment', token: rearranged((header) => header) },
  { name: 'two segments', token: rearranged((header, payload) => `${header}.${payload}`) },
  { name: 'four segments', token: rearranged((...all) => `${all.join('.')}.${all[2]}`) },
  { name: 'five segments, as a JWE has', token: rearranged((...all) => `${all.join('.')}.${all[2]}.${all[2]}`) },
  { name: 'an empty header', token: rearranged((_header, payload, signature) => `.${payload}.${signature}`) },
  {
    name: 'an empty payload (detached)',
    token: rearranged((header, _payload, signature) => `${header}..${signature}`),
  },
  { name: 'an empty signature', token: rearranged((header, payload) => `${header}.${payload}.`) },
  { name: 'nothing but dots', token: () => '..' },
  { name: 'a dot in front', token: rearranged((...all) => `.${all.join('.')}`) },
  { name: 'a dot at the end', token: rearranged((...all) => `${all.join('.')}.`) },
  { name: 'three thousand dots', token: () => '.'.repeat(3000) },
])

const encoding = sharing('base64url: ', { expect: 'token_malformed' }, [
  { name: 'trailing bits in the header', token: respelt(0) },
  { name: 'trailing bits in the payload', token: respelt(1) },
  { name: 'trailing bits in the signature', token: respelt(2) },
  { name: 'padding after the signature', token: rearranged((...all) => `${all.join('.')}==`) },
  {
    name: 'an impossible length of the header',
    token: rearranged((header, ...rest) => `${header.slice(0, 40)}A.${rest.join('.')}`),
  },
  {
    name: 'an impossible length of the signature',
    token: rearranged((header, payload, signature) => `${header}.${payload}.${signature.slice(0, 340)}A`),
  },
  {
    name: 'a plus sign for a hyphen',
    token: rearranged((header, payload, signature) => `${header}.${payload}.+${signature.slice(1)}`),
  },
  {
    name: 'a slash for an underscore',
    token: rearranged((header, payload, signature) => `${header}.${payload}./${signature.slice(1)}`),
  },
  { name: 'a tilde', token: rearranged((header, payload, signature) => `${header}.~${payload.slice(1)}.${signature}`) },
  { name: 'a signature of one character', token: rearranged((header, payload) => `${header}.${payload}.A`) },
])

// Where the header has no room for them, a cookie has: the value is taken as it is.
const encodingInCookies = sharing(
  'base64url in a cookie: ',
  { server: 'cookie', fields: cookie, expect: 'token_malformed' },
  [
    { name: 'padding within', token: rearranged((header, payload, signature) => `${header}=.${payload}.${signature}`) },
    {
      name: 'a space at a segment’s end',
      token: rearranged((header, payload, signature) => `${header} .${payload}.${signature}`),
    },
    { name: 'a percent sign', token: rearranged((header, payload, signature) => `%${header}.${payload}.${signature}`) },
    {
      name: 'the JSON serialization (§7.2)',
      token: rearranged((header, payload, signature) => JSON.stringify({ payload, protected: header, signature })),
    },
  ],
)

const claimsAs = (text: string | Uint8Array): JwtParts => ({ claimsText: () => text })
const rs256 = '{"alg":"RS256","kid":"rsa-one"}'

const unreadable: readonly (readonly [name: string, parts: JwtParts])[] = [
  ['header: a list', { headerText: `[${rs256}]` }],
  ['header: a string', { headerText: '"RS256"' }],
  ['header: a number', { headerText: '7' }],
  ['header: null', { headerText: 'null' }],
  ['header: true', { headerText: 'true' }],
  ['header: no JSON', { headerText: 'alg=RS256' }],
  ['header: cut off', { headerText: rs256.slice(0, -1) }],
  ['header: text after the object', { headerText: `${rs256}{}` }],
  ['header: a trailing comma', { headerText: '{"alg":"RS256",}' }],
  ['header: single quotes', { headerText: "{'alg':'RS256'}" }],
  ['header: a comment', { headerText: `${rs256}/**/` }],
  ['header: a NUL at the end', { headerText: `${rs256}\0` }],
  ['header: a byte order mark', { headerText: `\ufeff${rs256}` }],
  ['header: UTF-16', { headerText: Buffer.from(rs256, 'utf16le') }],
  ['header: not UTF-8', { headerText: Buffer.from('{"alg":"RS256","x":"\xff"}', 'latin1') }],
  [
    'header: an overlong encoding',
    { headerText: Buffer.concat([Buffer.from('{"alg":"RS256","x":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]) },
  ],
  ['header: one byte, no JSON', { headerText: 'x' }],
  ['payload: a list', claimsAs('[{}]')],
  ['payload: a string', claimsAs('"claims"')],
  ['payload: null', claimsAs('null')],
  ['payload: a number', claimsAs('1e3')],
  ['payload: no JSON', claimsAs('sub=me')],
  ['payload: cut off', { claimsText: (claims) => JSON.stringify(claims).slice(0, -1) }],
  ['payload: text after the object', { claimsText: (claims) => `${JSON.stringify(claims)}x` }],
  ['payload: NaN', { claimsText: (claims) => JSON.stringify(claims).replace(/"exp":\d+/, '"exp":NaN') }],
  ['payload: Infinity', { claimsText: (claims) => JSON.stringify(claims).replace(/"exp":\d+/, '"exp":Infinity') }],
  [
    'payload: a hexadecimal number',
    { claimsText: (claims) => JSON.stringify(claims).replace(/"exp":\d+/, '"exp":0xFFFFFFFF') },
  ],
  ['payload: a leading zero', { claimsText: (claims) => JSON.stringify(claims).replace('"exp":', '"exp":0') }],
  [
    'payload: an unescaped control character',
    { claimsText: (claims) => JSON.stringify({ ...claims, x: 'tab' }).replace('tab', '\t') },
  ],
  ['payload: a byte order mark', { claimsText: (claims) => `\ufeff${JSON.stringify(claims)}` }],
  ['payload: not UTF-8', { claimsText: (claims) => Buffer.from(JSON.stringify({ ...claims, x: '\xff' }), 'latin1') }],
  [
    'payload: a surrogate as UTF-8',
    {
      claimsText: (claims) =>
        Buffer.concat([
          Buffer.from(`${JSON.stringify(claims).slice(0, -1)},"x":"`),
          Buffer.from([0xed, 0xa0, 0x80]),
          Buffer.from('"}'),
        ]),
    },
  ],
  ['payload: UTF-16', { claimsText: (claims) => Buffer.from(JSON.stringify(claims), 'utf16le') }],
  ['payload: compressed bytes', claimsAs(Buffer.from([0x1f, 0x8b, 0x08, 0x00]))],
  ['payload: a JWT (nested, §2)', { claimsText: () => 'eyJhbGciOiJub25lIn0.e30.' }],
]

const objects = sharing(
  'JSON object in UTF-8: ',
  { expect: 'token_malformed' },
  unreadable.map(([name, parts]) => ({ name, token: jwt(parts) })),
)

const json: readonly Case[] = [
  { name: 'white space around the header', token: jwt({ headerText: ` \r\n\t${rs256}\n ` }), expect: 'accepted' },
  {
    name: 'white space around the claims',
    token: jwt({ claimsText: (claims) => `\n${JSON.stringify(claims, null, 2)}\n` }),
    expect: 'accepted',
  },
  {
    name: 'of duplicate header members the last wins: none, RS256',
    token: jwt({ headerText: '{"alg":"none","alg":"RS256","kid":"rsa-one"}' }),
    expect: 'accepted',
  },
  {
    name: 'of duplicate header members the last wins: RS256, none',
    token: jwt({ headerText: '{"alg":"RS256","kid":"rsa-one","alg":"none"}' }),
    expect: 'token_rejected',
  },
  {
    name: 'of duplicate header members the last wins: kid',
    token: jwt({ headerText: '{"alg":"RS256","kid":"no-such","kid":"rsa-one"}' }),
    expect: 'accepted',
  },
  {
    name: 'escapes in member names',
    token: jwt({ headerText: '{"\\u0061lg":"RS256","kid":"rsa-one"}' }),
    expect: 'accepted',
  },
  {
    name: 'escapes in values',
    token: jwt({ headerText: '{"alg":"\\u0052S256","kid":"rsa-one"}' }),
    expect: 'accepted',
  },
  {
    name: 'unknown header members are ignored',
    token: jwt({ header: { 'http://example.com/is_root': true, nonce: 'n-0S6_WzA2Mj' } }),
    expect: 'accepted',
  },
  {
    name: 'a __proto__ member in the header is only a member',
    token: jwt({ headerText: '{"__proto__":{"alg":"RS256","kid":"rsa-one"}}' }),
    expect: 'token_rejected',
  },
]

const length: readonly Case[] = [
  { name: '8,192 characters', token: (mint) => mint.jwtOfLength(8192), expect: 'accepted' },
  { name: '15,000 characters', token: (mint) => mint.jwtOfLength(15_000), expect: 'accepted' },
  {
    name: '15,000 characters in a cookie',
    server: 'cookie',
    token: (mint) => mint.jwtOfLength(15_000),
    fields: cookie,
    expect: 'accepted',
  },
  {
    name: 'as many characters as maxTokenLength allows',
    server: 'guards',
    token: (mint) => mint.jwtOfLength(4000),
    expect: 'accepted',
  },
  {
    name: 'more characters than maxTokenLength allows',
    server: 'guards',
    token: (mint) => mint.jwtOfLength(4002),
    expect: 'token_malformed',
  },
  { name: '12,000 characters without a dot', token: () => 'A'.repeat(12_000), expect: 'token_malformed' },
]

const extensions: readonly (readonly [name: string, header: Members])[] = [
  ['crit, with an unknown extension', { crit: ['http://example.com/ext'], 'http://example.com/ext': 1 }],
  ['crit, with a name that is not in the header', { crit: ['exp'] }],
  ['crit, with a registered name (§4.1.11 forbids it)', { crit: ['alg'] }],
  ['crit, empty', { crit: [] }],
  ['crit, a string', { crit: 'exp' }],
  ['crit, null', { crit: null }],
  ['crit, false', { crit: false }],
  ['crit, an object', { crit: {} }],
  ['crit, a number', { crit: 0 }],
  ['b64 false, with crit (RFC 7797)', { b64: false, crit: ['b64'] }],
  ['b64 false, without crit', { b64: false }],
  ['b64 true', { b64: true }],
  ['b64 null', { b64: null }],
  ['zip', { zip: 'DEF' }],
  ['zip, null', { zip: null }],
  ['zip, empty', { zip: '' }],
]

const critical = sharing(
  'extension refused: ',
  { expect: 'token_rejected' },
  extensions.map(([name, header]) => ({ name, token: jwt({ header }) })),
)

const keysInTheToken: readonly Case[] = [
  {
    name: 'jku is not followed',
    token: (m) => m.jwt({ key: keys.stranger, header: { jku: m.issuer.replace('main', 'lure') } }),
    expect: 'token_rejected',
  },
  {
    name: 'jku beside a good signature is ignored',
    token: (m) => m.jwt({ header: { jku: m.issuer.replace('main', 'lure') } }),
    expect: 'accepted',
  },
  {
    name: 'x5u is not followed',
    token: (m) => m.jwt({ key: keys.stranger, header: { x5u: `${m.issuer.replace('main', 'lure')}cert` } }),
    expect: 'token_rejected',
  },
  {
    name: 'x5u beside a good signature is ignored',
    token: (m) => m.jwt({ header: { x5u: `${m.issuer.replace('main', 'lure')}cert` } }),
    expect: 'accepted',
  },
  {
    name: 'jwk is not trusted',
    token: jwt({ key: keys.stranger, header: { jwk: keys.stranger.jwk } }),
    expect: 'token_rejected',
  },
  {
    name: 'jwk without kid is not trusted',
    token: jwt({ key: keys.stranger, header: { jwk: keys.stranger.jwk, kid: undefined } }),
    expect: 'token_rejected',
  },
  {
    name: 'jwk with an unknown kid is not trusted',
    token: jwt({ key: keys.stranger, header: { jwk: keys.stranger.jwk, kid: 'own-kid' } }),
    expect: 'token_rejected',
  },
  {
    name: 'jwk beside a good signature is ignored',
    token: jwt({ header: { jwk: keys.stranger.jwk } }),
    expect: 'accepted',
  },
  { name: 'jwk of the wrong type is ignored', token: jwt({ header: { jwk: 'a string' } }), expect: 'accepted' },
  {
    name: 'x5c is not trusted',
    token: jwt({ key: keys.stranger, header: { x5c: ['MIIDQjCCAiqgAwIBAgIG'] } }),
    expect: 'token_rejected',
  },
  {
    name: 'x5c beside a good signature is ignored',
    token: jwt({ header: { x5c: ['MIIDQjCCAiqgAwIBAgIG'] } }),
    expect: 'accepted',
  },
  {
    name: 'x5t is ignored',
    token: jwt({ header: { x5t: base64url('not a thumbprint at all'), 'x5t#S256': 'x' } }),
    expect: 'accepted',
  },
]

const signature = sharing('signature refused: ', { expect: 'token_rejected' }, [
  { name: 'signed by another key under the same kid', token: jwt({ key: keys.stranger }) },
  {
    name: 'the signature of another token',
    token: (m) => [...m.segments().slice(0, 2), m.segments({ claims: { sub: 'another-one' } })[2]].join('.'),
  },
  {
    name: 'the payload of another token',
    token: (m) => [m.segments()[0], m.segments({ claims: { sub: 'another-one' } })[1], m.segments()[2]].join('.'),
  },
  {
    name: 'another header over the same payload',
    token: (m) =>
      [base64url(JSON.stringify({ alg: 'RS256', kid: 'rsa-one', x: 1 })), ...m.segments().slice(1)].join('.'),
  },
  { name: 'header and payload exchanged', token: rearranged((header, payload, sig) => `${payload}.${header}.${sig}`) },
  { name: 'cut to half', token: jwt({ signature: () => new Uint8Array(128).fill(7) }) },
  { name: 'of zeros', token: jwt({ signature: () => new Uint8Array(256) }) },
  { name: 'of one byte', token: jwt({ signature: () => Uint8Array.of(1) }) },
  {
    name: 'longer by a zero byte',
    token: (m) => {
      const [h, p, s] = m.segments()
      return `${h}.${p}.${base64url(Buffer.concat([Buffer.from(s, 'base64url'), Buffer.alloc(1)]))}`
    },
  },
  {
    name: 'with a zero byte in front',
    token: (m) => {
      const [h, p, s] = m.segments()
      return `${h}.${p}.${base64url(Buffer.concat([Buffer.alloc(1), Buffer.from(s, 'base64url')]))}`
    },
  },
  { name: 'of four thousand bytes', token: jwt({ signature: () => new Uint8Array(4000).fill(1) }) },
  {
    name: 'with its first bit turned',
    token: (m) => {
      const [h, p, s] = m.segments()
      const bytes = Buffer.from(s, 'base64url')
      bytes[0] = (bytes[0] ?? 0) ^ 0x80
      return `${h}.${p}.${base64url(bytes)}`
    },
  },
])

export const rfc7515: Topic = {
  name: 'RFC 7515, JSON Web Signature',
  cases: [
    ...segments,
    ...encoding,
    ...encodingInCookies,
    ...objects,
    ...json,
    ...length,
    ...critical,
    ...keysInTheToken,
    ...signature,
  ],
}
