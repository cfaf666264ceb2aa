import { keys } from '../conformance/harness/signing-keys.js'
import { type LenientlyRead, lenientlyRead } from './lenient.js'
import { now, type Verdict } from './verdicts.js'

/** A class of tokens that Latchkey refuses and jose accepts. There is none the other way round. */
interface Explanation {
  /** Code and reason with which Latchkey refuses. */
  readonly refused: string
  /** What jose does instead. */
  readonly why: string
  /** Whether a token is of this class, found out in another way than Latchkey's. */
  readonly holds: (read: LenientlyRead, token: string) => boolean
}

/** Every way in which Latchkey and jose differ. */
const table: readonly Explanation[] = [
  {
    refused: 'token_malformed',
    why: 'jose has no limit to the length of a token',
    holds: (_read, token) => token.length > 16_384,
  },
  {
    refused: 'token_malformed',
    why: 'jose takes several spellings of the same bytes: white space, padding, the other base64 alphabet, spare bits',
    holds: ({ segments }) => segments.some((segment) => reencoded(segment) !== segment),
  },
  {
    refused: 'token_malformed',
    why: 'jose skips a byte order mark, and reads bytes that are not UTF-8 as U+FFFD',
    holds: ({ segments }) => segments.slice(0, 2).some((segment) => /^\ufeff|\ufffd/.test(decoded(segment))),
  },
  ...(['claims', 'header'] as const).map((part) => ({
    refused: `token_rejected: ${part}_too_deep`,
    why: 'jose has no limit to how deep claims and header are nested',
    holds: (read: LenientlyRead) => /([[{][^[{\]}]*){65}/.test(JSON.stringify(read[part])),
  })),
  {
    refused: 'token_rejected: typ_mismatch',
    why: 'jose looks at typ only where it is told which, and takes any other value or type then',
    holds: ({ header }) => header?.['typ'] !== undefined && !isNamed(header['typ'], /^(application\/)?(at\+)?jwt$/i),
  },
  {
    refused: 'token_rejected: cty_nested',
    why: 'jose does not look at cty, which says that the payload is itself a token',
    holds: ({ header }) => isNamed(header?.['cty'], /^(application\/)?jwt$/i),
  },
  {
    refused: 'token_rejected: zip_unsupported',
    why: 'jose does not look at the zip of a signed token',
    holds: ({ header }) => header?.['zip'] !== undefined,
  },
  {
    refused: 'token_rejected: b64_unsupported',
    why: 'jose looks at b64 only where crit names it',
    holds: ({ header }) => header?.['b64'] !== undefined,
  },
  {
    refused: 'token_rejected: crit_unsupported',
    why: 'jose understands the extension b64, and takes it where it changes nothing',
    holds: ({ header }) => header?.['b64'] === true && String(header['crit']) === 'b64',
  },
  {
    refused: 'token_rejected: kid_invalid',
    why: 'jose passes over a kid that is not a string',
    holds: ({ header }) => header?.['kid'] !== undefined && typeof header['kid'] !== 'string',
  },
  {
    refused: 'token_rejected: key_not_found',
    why: 'jose takes an RSA key of exponent 1, with which anybody can sign',
    holds: ({ header }) => header?.['kid'] === keys.rsaExponentOne.kid,
  },
  {
    refused: 'token_rejected: aud_mismatch',
    why: 'jose takes a list of audiences with other things than strings in it',
    holds: ({ claims }) => Array.isArray(claims?.['aud']) && !claims['aud'].every((each) => typeof each === 'string'),
  },
  ...(['exp', 'nbf', 'iat'] as const).map((name) => ({
    refused: `token_rejected: ${name}_invalid`,
    why: 'jose takes an infinite moment (1e999), and passes over a null or, without maxTokenAge, any iat',
    holds: ({ claims }: LenientlyRead) => claims?.[name] !== undefined && !Number.isFinite(claims[name]),
  })),
  {
    refused: 'token_rejected: iat_in_future',
    why: 'jose looks at iat only where the age of tokens is limited',
    holds: ({ claims }) => Number(claims?.['iat']) > now + 10,
  },
  ...(['sub', 'jti', 'client_id'] as const).map((name) => ({
    refused: `token_rejected: ${name}_invalid`,
    why: 'jose leaves the types of sub, jti and client_id to the app',
    holds: ({ claims }: LenientlyRead) => claims?.[name] !== undefined && typeof claims[name] !== 'string',
  })),
]

/** The explanation of a difference; undefined where the table has none. */
export function explain(token: string, verdict: Verdict): string | undefined {
  const read = lenientlyRead(token)
  if ('claims' in verdict) {
    return read.header?.['kid'] === undefined ? 'jose gives up where several keys fit a token without kid' : undefined
  }
  return table.find(({ refused, holds }) => refused === verdict.refused && holds(read, token))?.why
}

function isNamed(value: unknown, name: RegExp): boolean {
  return typeof value === 'string' && name.test(value)
}

function decoded(segment: string): string {
  return Buffer.from(segment, 'base64url').toString('utf8')
}

function reencoded(segment: string): string {
  return Buffer.from(segment, 'base64url').toString('base64url')
}
