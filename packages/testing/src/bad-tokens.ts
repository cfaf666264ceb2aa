import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto'
import type { AuthErrorCode, DenialReason } from '@latchkey/core'
import { createTestKey, type TestKey } from './test-key.js'
import { encode, makeToken, signCompact, type TokenDefaults, type TokenOptions } from './token-maker.js'

/** The names of the ready-made bad tokens. */
export type BadTokenName =
  | 'expired'
  | 'not_yet_valid'
  | 'issued_in_future'
  | 'missing_exp'
  | 'exp_as_string'
  | 'wrong_audience'
  | 'missing_audience'
  | 'wrong_issuer'
  | 'missing_issuer'
  | 'subject_not_string'
  | 'alg_none'
  | 'alg_none_with_signature'
  | 'alg_unknown'
  | 'alg_missing'
  | 'hmac_with_public_key'
  | 'other_key'
  | 'tampered_claims'
  | 'tampered_signature'
  | 'unknown_kid'
  | 'embedded_key'
  | 'kid_not_string'
  | 'critical_extension'
  | 'unencoded_payload'
  | 'compressed'
  | 'nested'
  | 'wrong_type'
  | 'not_a_token'
  | 'two_segments'
  | 'four_segments'
  | 'padded'
  | 'header_not_json'
  | 'claims_not_object'
  | 'too_long'

/** A token that must be refused, with the answer that Latchkey gives. */
export interface BadToken {
  /** What is wrong with it. */
  readonly name: BadTokenName
  /** The token itself. */
  readonly token: string
  /** The code in the response. */
  readonly code: AuthErrorCode
  /** The reason in the event `denied`. */
  readonly reason: DenialReason
}

interface Material {
  readonly options: TokenOptions
  readonly key: TestKey
  readonly defaults: TokenDefaults
}

interface Recipe {
  readonly code: AuthErrorCode
  readonly reason: DenialReason
  /**
   * Set for tokens that need an issuer with a key pair: a secret has no public half, and with a secret the kid does not matter.
   */
  readonly keyPairOnly?: true
  make(material: Material): string
}

const hour = 3600

/** Makes a good token, except for these options. */
function but(change: TokenOptions): (material: Material) => string {
  return ({ options, key, defaults }) =>
    makeToken(
      {
        ...options,
        ...change,
        claims: { ...options.claims, ...change.claims },
        header: { ...options.header, ...change.header },
      },
      change.key ?? key,
      defaults,
    )
}

const rejected = (reason: DenialReason, make: Recipe['make']): Recipe => ({ code: 'token_rejected', reason, make })
const malformed = (make: Recipe['make']): Recipe => ({ code: 'token_malformed', reason: 'token_malformed', make })
const pairOnly = (recipe: Recipe): Recipe => ({ ...recipe, keyPairOnly: true })
const good = but({})
const inAnHour = ({ defaults }: Material): number => Math.floor(defaults.clock()) + hour

const recipes: Readonly<Record<BadTokenName, Recipe>> = {
  expired: { code: 'token_expired', reason: 'exp_passed', make: but({ expiresIn: -hour }) },
  not_yet_valid: rejected('nbf_in_future', (m) => but({ claims: { nbf: inAnHour(m) } })(m)),
  issued_in_future: rejected('iat_in_future', (m) => but({ claims: { iat: inAnHour(m) }, expiresIn: 2 * hour })(m)),
  missing_exp: rejected('exp_invalid', but({ claims: { exp: undefined } })),
  exp_as_string: rejected('exp_invalid', (m) => but({ claims: { exp: String(inAnHour(m)) } })(m)),
  wrong_audience: rejected('aud_mismatch', but({ claims: { aud: 'https://another-api.test' } })),
  missing_audience: rejected('aud_mismatch', but({ claims: { aud: undefined } })),
  wrong_issuer: rejected('iss_unknown', but({ claims: { iss: 'https://another-issuer.test' } })),
  missing_issuer: rejected('iss_unknown', but({ claims: { iss: undefined } })),
  subject_not_string: rejected('sub_invalid', but({ claims: { sub: 42 } })),
  alg_none: malformed((m) => unsecured(m)),
  alg_none_with_signature: rejected('alg_not_allowed', but({ header: { alg: 'none' } })),
  alg_unknown: rejected('alg_not_allowed', but({ header: { alg: 'XS256' } })),
  alg_missing: rejected('alg_not_allowed', but({ header: { alg: undefined } })),
  hmac_with_public_key: pairOnly(rejected('alg_not_allowed', (m) => hmacWithPublicKey(m))),
  other_key: rejected('signature_invalid', (m) => otherKey(m)),
  tampered_claims: rejected('signature_invalid', (m) => tampered(m)),
  tampered_signature: rejected('signature_invalid', (m) => changeSegment(good(m), 2, flipFirst)),
  unknown_kid: pairOnly(rejected('key_not_found', but({ header: { kid: 'unknown-kid' } }))),
  embedded_key: pairOnly(rejected('key_not_found', (m) => embeddedKey(m))),
  kid_not_string: pairOnly(rejected('kid_invalid', but({ header: { kid: 1 } }))),
  critical_extension: rejected('crit_unsupported', but({ header: { crit: ['exp'] } })),
  unencoded_payload: rejected('b64_unsupported', but({ header: { b64: false } })),
  compressed: rejected('zip_unsupported', but({ header: { zip: 'DEF' } })),
  nested: rejected('cty_nested', but({ header: { cty: 'JWT' } })),
  wrong_type: rejected('typ_mismatch', but({ header: { typ: 'logout+jwt' } })),
  not_a_token: malformed(() => 'not-a-token'),
  two_segments: malformed((m) => good(m).split('.').slice(0, 2).join('.')),
  four_segments: malformed((m) => `${good(m)}.AAAA`),
  padded: malformed((m) => `${good(m)}=`),
  header_not_json: malformed(({ key }) => signCompact('{', {}, key)),
  claims_not_object: malformed(({ key }) => signCompact({ alg: key.alg, kid: key.kid }, '[]', key)),
  too_long: {
    code: 'token_malformed',
    reason: 'token_too_long',
    make: but({ claims: { padding: 'x'.repeat(12_400) } }),
  },
}

/**
 * Makes all bad tokens. Each has only the fault in its name, and is otherwise made from the options.
 *
 * @returns every kind that fits the key; with HMAC, those that need a public key are left out
 */
export function makeBadTokens(material: Material): readonly BadToken[] {
  const names = Object.keys(recipes) as BadTokenName[]
  return names.filter((name) => applies(name, material.key)).map((name) => makeBadToken(name, material))
}

/**
 * Makes one bad token.
 *
 * @throws TypeError if there is no such name, or if that kind does not fit the key
 */
export function makeBadToken(name: BadTokenName, material: Material): BadToken {
  if (!Object.hasOwn(recipes, name)) {
    throw new TypeError(`There is no bad token of that name. Known: ${Object.keys(recipes).join(', ')}.`)
  }
  if (!applies(name, material.key)) throw new TypeError(`${name} needs an issuer that signs with a key pair.`)
  const { code, reason, make } = recipes[name]
  return { name, token: make(material), code, reason }
}

function applies(name: BadTokenName, key: TestKey): boolean {
  return recipes[name].keyPairOnly === undefined || key.publicJwk !== undefined
}

/** Makes a token without a signature (RFC 7519 §6). */
function unsecured(material: Material): string {
  return changeSegment(but({ header: { alg: 'none', kid: undefined } })(material), 2, () => '')
}

/** Makes a token that uses the public key, which everybody knows, as an HMAC secret (RFC 8725 §2.1). */
function hmacWithPublicKey(material: Material): string {
  const publicKey = createPublicKey({ key: material.key.publicJwk as JsonWebKey, format: 'jwk' })
  const pem = publicKey.export({ type: 'spki', format: 'pem' })
  const sign = (input: string): string => createHmac('sha256', pem).update(input).digest('base64url')
  return but({ key: { ...material.key, alg: 'HS256', sign } })(material)
}

/** Makes a token that another key has signed, but that names the issuer's key. */
function otherKey(material: Material): string {
  return but({ key: { ...createTestKey(material.key.alg), kid: material.key.kid } })(material)
}

/** Makes a token that contains the other key that has signed it (RFC 7515 §4.1.3). */
function embeddedKey(material: Material): string {
  const key = createTestKey(material.key.alg)
  return but({ key, header: { jwk: key.publicJwk } })(material)
}

function tampered(material: Material): string {
  return changeSegment(good(material), 1, (segment) => {
    const claims = JSON.parse(Buffer.from(segment, 'base64url').toString())
    return encode({ ...claims, sub: 'somebody-else' })
  })
}

function changeSegment(token: string, index: number, change: (segment: string) => string): string {
  return token
    .split('.')
    .map((segment, at) => (at === index ? change(segment) : segment))
    .join('.')
}

/** Changes the first byte. The rest stays, so the form stays canonical. */
function flipFirst(segment: string): string {
  return `${segment.startsWith('A') ? 'B' : 'A'}${segment.slice(1)}`
}
