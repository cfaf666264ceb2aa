import { ConfigError, isFilledText, requireList, requireOneOrMore } from './config-error.js'
import type { Introspect } from './introspection.js'
import { isObject } from './is-object.js'
import { createIssuerKeys, type KeyContext } from './issuer-keys.js'
import type { IssuerOptions } from './issuer-options.js'
import type { Lease } from './issuers/lease.js'
import { type Algorithm, algorithmTable, asymmetricAlgorithms, isAlgorithm } from './keys/algorithms.js'
import { algorithmsForSecrets, secretBytes } from './keys/configured-keys.js'
import type { KeySet } from './keys/key-set.js'
import type { ClaimsRules, RequiredClaim } from './token/claims.js'
import type { GrantRules } from './token/grants.js'
import { type HeaderRules, mediaType } from './token/header.js'
import type { IsRevoked } from './token/is-revoked.js'

/** The rules for the tokens of an issuer. */
interface IssuerRules {
  readonly headerRules: HeaderRules
  readonly claimsRules: ClaimsRules
  readonly grantRules: GrantRules
}

/** What all issuers of one verifier share. */
export interface IssuerContext extends KeyContext {
  /** In seconds. */
  readonly clockTolerance: number
  /** In seconds; undefined: no limit. */
  readonly maxTokenAge: number | undefined
  /** What each scope implies. */
  readonly implied: GrantRules['implied']
  /** The rules of the issuer that was made last. */
  readonly lastRules: { current?: IssuerRules }
  /** The lease of an issuer that a function has found. Default: none. */
  readonly lease?: Lease
}

/** An issuer whose options have been checked: the rules for its tokens, and its keys. */
export interface Issuer extends IssuerRules {
  readonly issuer: string
  readonly keySet: KeySet
  readonly isRevoked: IsRevoked | undefined
  /** Asks about opaque tokens; undefined: such tokens are malformed. */
  readonly introspect: Introspect | undefined
  /** How long the answer of a lookup counts; undefined: the issuer was configured, which counts for good. */
  readonly lease: Lease | undefined
}

/**
 * Validates one issuer's options, once.
 *
 * @throws ConfigError that says which option is wrong and what to write instead
 */
export function createIssuer(options: IssuerOptions, context: IssuerContext): Issuer {
  const { issuer, tokenType, isRevoked, introspection } = options
  if (!isFilledText(issuer)) {
    throw new ConfigError('issuer is missing. Give the exact value of the `iss` claim of the tokens to accept.')
  }
  if (tokenType !== undefined && !isFilledText(tokenType)) {
    throw new ConfigError(
      "tokenType takes a type, e.g. 'at+jwt'. Leave it out to accept JWT, at+jwt and untyped tokens.",
    )
  }
  if (introspection !== undefined && typeof introspection !== 'function') {
    throw new ConfigError('introspection must be made with createIntrospection of @latchkey/introspection.')
  }
  if (isRevoked !== undefined && typeof isRevoked !== 'function') {
    throw new ConfigError("isRevoked must be a function of the claims that answers true, false or 'unsure'.")
  }
  const audience = audienceList(options.audience)
  const secrets = options.secret === undefined ? undefined : secretBytes(options.secret)
  const algorithms = allowList(options.algorithms, secrets)
  const rules = {
    headerRules: { algorithms, tokenType: mediaType(tokenType) },
    claimsRules: {
      audience,
      clockTolerance: context.clockTolerance,
      maxTokenAge: context.maxTokenAge,
      requiredClaims: requiredClaimsList(options.requiredClaims),
    },
    grantRules: {
      scopeFrom: namesIn('scopeFrom', options.scopeFrom, ['scope', 'scp']),
      rolesFrom: namesIn('rolesFrom', options.rolesFrom, []),
      implied: context.implied,
    },
  }
  const { headerRules, claimsRules, grantRules } = likeTheLast(rules, context)
  // Without a spread: V8 keeps what comes after one outside of the object, which costs 2 µs with a thousand issuers.
  return {
    issuer,
    headerRules,
    claimsRules,
    grantRules,
    keySet: createIssuerKeys(options, algorithms, secrets, context),
    isRevoked,
    introspect: introspection?.({ issuer, audience, clock: context.clock }),
    lease: context.lease,
  }
}

/** Gives the last rules if these are equal. Thus a thousand equal issuers share one object and cost little more than one. */
function likeTheLast(rules: IssuerRules, { lastRules }: IssuerContext): IssuerRules {
  if (JSON.stringify(rules) !== JSON.stringify(lastRules.current)) lastRules.current = rules
  return lastRules.current ?? rules
}

function namesIn(option: string, value: unknown, otherwise: readonly string[]): readonly string[] {
  if (value === undefined) return otherwise
  const form = 'must be the name of a claim, or a list of names. Leave it out for the default.'
  return requireOneOrMore(option, value, isFilledText, form)
}

function audienceList(audience: unknown): readonly string[] | null {
  if (audience === null) return null
  const form =
    'is missing or empty. Give the `aud` of the tokens for this API, a list of values, or null to leave it unchecked.'
  return requireOneOrMore('audience', audience, isFilledText, form)
}

function requiredClaimsList(claims: unknown): readonly RequiredClaim[] {
  if (claims === undefined) return []
  if (!isObject(claims)) {
    throw new ConfigError('requiredClaims must be an object: each claim with the string that it must be.')
  }
  return Object.entries(claims).map(([name, values]: [string, unknown]) => ({
    name,
    values: requireOneOrMore(
      `requiredClaims.${name}`,
      values,
      isText,
      'must be a string, or a list of strings of which any one is enough.',
    ),
  }))
}

/** Gives the allow-list, after checking that it fits the kind of keys: HMAC and public keys never mix (RFC 8725 §2.1). */
function allowList(
  configured: readonly Algorithm[] | undefined,
  secrets: readonly Uint8Array[] | undefined,
): readonly Algorithm[] {
  const covered = secrets === undefined ? asymmetricAlgorithms : algorithmsForSecrets(secrets)
  if (covered.length === 0) {
    throw new ConfigError('secret is too short: HMAC needs at least 32 bytes, e.g. from `openssl rand -base64 48`.')
  }
  if (configured === undefined) return covered
  const known = `must name known algorithms, one or more: ${Object.keys(algorithmTable).join(', ')}.`
  const algorithms = requireList('algorithms', configured, isAlgorithm, known)
  for (const name of algorithms) {
    if ((algorithmTable[name].kty === 'oct') !== (secrets !== undefined)) {
      throw new ConfigError(
        `algorithms: ${name} does not go with this issuer's keys. HMAC needs \`secret\`, and takes nothing else.`,
      )
    }
    if (!covered.includes(name)) {
      throw new ConfigError(
        `secret is too short for ${name}: it needs at least ${algorithmTable[name].hashBytes} bytes (RFC 7518 §3.2).`,
      )
    }
  }
  return algorithms
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
