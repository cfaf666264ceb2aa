import { named } from '../conformance/harness/configurations.js'
import { audience, type JwtParts, type Members, withTrailingBits } from '../conformance/harness/mint.js'
import { keys } from '../conformance/harness/signing-keys.js'
import { corpus, mintToken, ordinary } from './corpus.js'
import { mainIssuer } from './issuers.js'
import type { Random } from './random.js'
import { now } from './verdicts.js'

/** A token changed in one way or several: its text, or what is signed, or how it is signed. */
export function mutant(random: Random): string {
  switch (random.below(5)) {
    case 0:
      return spliced(random, random.pick(corpus).token)
    case 1:
      return spliced(random, mintToken(random.pick(ordinary)))
    case 2:
      return mintToken(withOtherMembers(random, random.pick(ordinary)))
    case 3:
      return mintToken(withOtherText(random, random.pick(ordinary)))
    default:
      return mintToken(withOtherSignature(random, random.pick(ordinary)))
  }
}

const characters = [...'ABCwxyz0189-_', '.', '=', '+', '/', ' ', '\n', '\t', '%', ',', '\0', 'é', '\ufeff', '\u{1f511}']

/** One to three characters put in, left out or changed, a segment moved, or spare bits set. */
function spliced(random: Random, token: string): string {
  const segments = token.split('.')
  const at = random.below(segments.length)
  switch (random.below(6)) {
    case 0:
      return segments.toSpliced(at, 1, withSpareBits(segments[at] ?? '')).join('.')
    case 1:
      return segments.toSpliced(at, 1, random.pick(corpus).token.split('.')[at] ?? '').join('.')
    case 2:
      return segments.toSpliced(at, 1, `${segments[at]}${'='.repeat(random.below(3))}`).join('.')
    default: {
      const where = random.below(token.length + 1)
      const put = Array.from({ length: random.below(4) }, () => random.pick(characters)).join('')
      return token.slice(0, where) + put + token.slice(where + random.below(4))
    }
  }
}

function withSpareBits(segment: string): string {
  return segment.length % 4 === 0 || segment === '' ? segment : withTrailingBits(segment)
}

const anything: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  1,
  -1,
  1.5,
  1e300,
  '',
  'x',
  '0',
  [],
  ['x'],
  [[]],
  {},
  { x: 1 },
  '__proto__',
  'é',
]

const headerValues: Readonly<Record<string, readonly unknown[]>> = {
  alg: ['none', 'None', 'HS256', 'HS512', 'RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'es256'],
  kid: Object.values(keys).map(({ kid }) => kid),
  typ: ['JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', 'application/jwt', 'JOSE', 'logout+jwt', 'JWT '],
  cty: ['JWT', 'jwt', 'application/jwt', 'text/plain', 'json'],
  crit: [['exp'], ['b64'], ['alg'], []],
  b64: [true, false],
  zip: ['DEF'],
  jku: ['https://evil.example/jwks'],
  jwk: [keys.stranger.jwk],
  x5u: ['https://evil.example/certificate'],
  x5c: [['AAAA']],
  enc: ['A256GCM'],
  nonce: ['x'],
}

const moments = [-86_400, -3600, -11, -10, -9, -1, 0, 1, 9, 10, 11, 60, 3600, 0.5, -10.5].map((n) => now + n)

const claimValues: Readonly<Record<string, readonly unknown[]>> = {
  iss: [mainIssuer, mainIssuer.slice(0, -1), ...Object.values(named), [mainIssuer]],
  aud: [
    audience,
    [audience],
    [audience, 'x'],
    ['x', 'y'],
    [audience, 5],
    [],
    audience.toUpperCase(),
    'https://one.example',
  ],
  exp: moments,
  nbf: moments,
  iat: moments,
  sub: ['x'],
  jti: ['x'],
  client_id: ['x'],
  scope: ['a b', ['a']],
  azp: ['x'],
}

function withOtherMembers(random: Random, parts: JwtParts): JwtParts {
  const header: Record<string, unknown> = { ...parts.header }
  const claims: Record<string, unknown> = { ...parts.claims }
  for (let n = random.below(3); n >= 0; n--) {
    const [members, values] = random.below(2) === 0 ? [header, headerValues] : [claims, claimValues]
    const name = random.pick(Object.keys(values))
    members[name] = random.pick(random.below(3) === 0 ? anything : (values[name] ?? anything))
  }
  return { ...parts, header, claims, ...(parts.key === undefined ? {} : { signAs: parts.key.alg }) }
}

/** JSON that no serializer would write, or that is none; signed all the same. */
function withOtherText(random: Random, parts: JwtParts): JwtParts {
  const change = (text: string): string | Uint8Array => {
    const member = random.pick([
      '"exp":1',
      '"iss":"x"',
      '"__proto__":{"exp":1}',
      '"a":{"b":[1,{}]}',
      '"exp":1e999',
      '"é":"\\ud800"',
    ])
    const bytes = Buffer.from(text)
    switch (random.below(9)) {
      case 0:
        return `{${member},${text.slice(1)}`
      case 1:
        return `${text.slice(0, -1)},${member}}`
      case 2:
        return `\ufeff${text}`
      case 3:
        return ` \n${text}\t`
      case 4:
        return `[${text}]`
      case 5:
        return text.slice(0, random.below(text.length))
      case 6:
        return random.pick(['null', '1', '"x"', '[]', '{}', '', '{"iss":}', '\0'])
      case 7:
        // Bytes that are not UTF-8, within a string.
        return Buffer.concat([
          bytes.subarray(0, -1),
          Buffer.from(',"z":"'),
          Buffer.from([0xc3, 0x28]),
          Buffer.from('"}'),
        ])
      default:
        return text.replaceAll('"', random.pick(["'", '"', '\\u0022']))
    }
  }
  if (random.below(3) > 0) return { ...parts, claimsText: (claims: Members) => change(JSON.stringify(claims)) }
  const { alg = '', kid = '' } = parts.key ?? {}
  return { ...parts, headerText: change(JSON.stringify({ alg, kid, typ: 'JWT', ...parts.header })) }
}

/** Bytes of another length, other bytes, another's signature, or the form that ECDSA has elsewhere (DER). */
function withOtherSignature(random: Random, parts: JwtParts): JwtParts {
  const good = Buffer.from(mintToken(parts).split('.')[2] ?? '', 'base64url')
  const length = random.pick([0, 1, 31, 32, 33, 63, 64, 65, 71, 96, 132, 256])
  const bytes = random.pick([
    good.subarray(0, length),
    Buffer.concat([good, Buffer.alloc(length)]),
    Buffer.concat([Buffer.alloc(1), good]),
    Buffer.alloc(good.length),
    Buffer.alloc(good.length, 0xff),
    Buffer.from(good).reverse(),
    der(good),
    good,
  ])
  // Of ECDSA and HMAC at random, a good signature is one for these very words: EdDSA and HMAC repeat theirs.
  return { ...parts, signature: () => bytes }
}

function der(raw: Buffer): Buffer {
  const half = raw.length / 2
  const integer = (bytes: Buffer) => Buffer.concat([Buffer.from([2, bytes.length + 1, 0]), bytes])
  const body = Buffer.concat([integer(raw.subarray(0, half)), integer(raw.subarray(half))])
  return Buffer.concat([Buffer.from([0x30, body.length]), body])
}
