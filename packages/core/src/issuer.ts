import type { RegisteredClaims } from './auth.js'
import type { Clock } from './clock.js'
import { ConfigError, refuseUnknownOptions, requireNonNegative } from './config-error.js'
import type { CoreEvent, Emit } from './events.js'
import { type Algorithm, algorithmTable, asymmetricAlgorithms, isAlgorithm } from './keys/algorithms.js'
import {
  algorithmsForSecrets,
  createSecretKeySet,
  requireUsableKeys,
  type Secret,
  secretBytes,
} from './keys/configured-keys.js'
import type { JwkSet } from './keys/jwk.js'
import type { KeySet } from './keys/key-set.js'
import { createLocalKeySet, type LiveJwks } from './keys/local-key-set.js'
import { jwksFromPem, type PublicKeys } from './keys/public-keys.js'
import { createRemoteKeySet } from './keys/remote-key-set.js'
import { isSecureUrl } from './keys/secure-url.js'
import type { ClaimsRules } from './token/claims.js'
import type { HeaderRules } from './token/header.js'

/** How an issuer's keys are fetched and kept; durations in seconds. */
export interface KeySetOptions {
  /** Longest time for one fetch, body included. Default 3. */
  readonly timeout?: number
  /** Longest time a set counts as fresh; a shorter max-age of the response wins, down to 60. Default 600. */
  readonly freshFor?: number
  /** Longest time a set is served after its last successful fetch, while newer ones cannot be had. Default 14400. */
  readonly staleFor?: number
  /** Least time between two refetches for an unknown kid (two may follow at once). Default 5. */
  readonly cooldown?: number
  /**
   * When the first fetch is made: `lazy`, with the first token (default); `background`, when the verifier is made; `require`,
   * likewise, and `verifier.ready()` rejects where it fails.
   */
  readonly startup?: 'lazy' | 'background' | 'require'
  /** A set to start with, as it was when the app was deployed; counts as stale until the first fetch. */
  readonly seed?: JwkSet
}

/** One issuer and what is demanded of its tokens. What is set here is enforced. */
export interface IssuerOptions {
  /** The exact `iss` of its tokens (RFC 7519 §4.1.1); also where its metadata is found, unless keys are given below. */
  readonly issuer: string
  /** What we are called in `aud`; of a list any one suffices. `null`: not checked, said on purpose (RFC 8725 §3.9). */
  readonly audience: string | readonly string[] | null
  /** Allow-list. Default: every asymmetric algorithm; with `secret`, the HMAC ones that the shortest secret covers. */
  readonly algorithms?: readonly Algorithm[]
  /** Where its JWK Set is, if not to be found through its metadata document. https, or http on loopback. */
  readonly jwksUri?: string
  /** Its keys as a JWK Set: never fetched. Or a live one, from this process. */
  readonly jwks?: JwkSet | LiveJwks
  /**
   * Its keys as PEM (`BEGIN PUBLIC KEY`): never fetched. PEM has no kid: one key per type as a string, for which a token's kid
   * does not matter; or any number as `{ kid, pem }`.
   */
  readonly publicKeys?: PublicKeys
  /** HMAC secret, or several of which any may have signed. A string stands for its UTF-8 bytes. At least 32 bytes. */
  readonly secret?: Secret
  /** `at+jwt`: the token must be explicitly typed as an access token (RFC 9068 §4). Default: `JWT`, `at+jwt` or no typ. */
  readonly tokenType?: 'at+jwt'
  /** How its keys are fetched and kept; for keys that are fetched. */
  readonly keySet?: KeySetOptions
  /**
   * Asked for every token whose signature and claims are good, remembered or not, so it must be quick: true refuses it
   * (`token_rejected`), `unsure` answers 503 (`store_unavailable`). Default: nothing is revoked before it expires.
   */
  readonly isRevoked?: (claims: RegisteredClaims) => boolean | 'unsure'
}

/** What an issuer's entry shares with the others of its verifier. */
export interface IssuerContext {
  readonly clockTolerance: number
  readonly maxTokenAge: number | undefined
  readonly keySet: KeySetOptions
  readonly clock: Clock
  readonly fetch: typeof fetch
  readonly random: () => number
  readonly emit: Emit<CoreEvent>
}

/** An issuer's entry, validated: the rules for its tokens and its keys. */
export interface Issuer {
  readonly issuer: string
  readonly headerRules: HeaderRules
  readonly claimsRules: ClaimsRules
  readonly keySet: KeySet
  readonly isRevoked: ((claims: RegisteredClaims) => boolean | 'unsure') | undefined
}

/** The names of `IssuerOptions`. */
export const issuerOptionNames: readonly string[] = [
  'issuer',
  'audience',
  'algorithms',
  'jwksUri',
  'jwks',
  'publicKeys',
  'secret',
  'tokenType',
  'keySet',
  'isRevoked',
]

/**
 * Validates one issuer's options, once.
 *
 * @throws ConfigError that says which option is wrong and what to write instead
 */
export function createIssuer(options: IssuerOptions, context: IssuerContext): Issuer {
  const { issuer, audience, tokenType, isRevoked } = options
  if (typeof issuer !== 'string' || issuer === '') {
    throw new ConfigError('issuer is missing. Give the exact value of the `iss` claim of the tokens to accept.')
  }
  if (tokenType !== undefined && tokenType !== 'at+jwt') {
    throw new ConfigError("tokenType can only be 'at+jwt'. Leave it out to accept JWT, at+jwt and untyped tokens.")
  }
  const fetching = keySetOptions(options, context)
  const secrets = options.secret === undefined ? undefined : secretBytes(options.secret)
  const algorithms = allowList(options.algorithms, secrets)
  return {
    issuer,
    headerRules: { algorithms, tokenType },
    claimsRules: {
      audience: audienceList(audience),
      clockTolerance: context.clockTolerance,
      maxTokenAge: context.maxTokenAge,
    },
    keySet:
      secrets === undefined ? publicKeySet(options, algorithms, fetching, context) : secretKeySet(options, secrets),
    isRevoked,
  }
}

function audienceList(audience: IssuerOptions['audience'] | undefined): readonly string[] | null {
  if (audience === null) return null
  const list = typeof audience === 'string' ? [audience] : audience
  if (!Array.isArray(list) || list.length === 0 || !list.every((each) => typeof each === 'string' && each !== '')) {
    throw new ConfigError(
      'audience is missing or empty. Give the `aud` that tokens for this API carry, a list of such, or null to say that it is not checked.',
    )
  }
  return [...list]
}

/** The allow-list, and that it fits the kind of keys: HMAC and public keys never meet (RFC 8725 §2.1). */
function allowList(
  configured: readonly Algorithm[] | undefined,
  secrets: readonly Uint8Array[] | undefined,
): readonly Algorithm[] {
  const covered = secrets === undefined ? asymmetricAlgorithms : algorithmsForSecrets(secrets)
  if (covered.length === 0) {
    throw new ConfigError('secret is too short: HMAC needs at least 32 bytes, e.g. from `openssl rand -base64 48`.')
  }
  if (configured === undefined) return covered
  if (!Array.isArray(configured) || configured.length === 0) {
    throw new ConfigError('algorithms is an empty list, which accepts nothing. Leave it out for the default.')
  }
  for (const name of configured) {
    if (!isAlgorithm(name)) {
      throw new ConfigError(`algorithms names an unknown algorithm. Known: ${Object.keys(algorithmTable).join(', ')}.`)
    }
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
  return [...configured]
}

function secretKeySet(options: IssuerOptions, secrets: readonly Uint8Array[]): KeySet {
  if (options.jwksUri !== undefined || options.jwks !== undefined || options.publicKeys !== undefined) {
    throw new ConfigError(
      'secret stands beside public keys. One issuer signs with the one or the other: remove either.',
    )
  }
  return createSecretKeySet(options.issuer, secrets)
}

function publicKeySet(
  options: IssuerOptions,
  algorithms: readonly Algorithm[],
  fetching: KeySetOptions,
  context: IssuerContext,
): KeySet {
  const { issuer, jwksUri, jwks, publicKeys } = options
  if ([jwksUri, jwks, publicKeys].filter((given) => given !== undefined).length > 1) {
    throw new ConfigError(
      'jwksUri, jwks and publicKeys exclude each other. Give one, or none to use the metadata document.',
    )
  }
  if (isLive(jwks)) return createLocalKeySet(issuer, jwks)
  if (publicKeys !== undefined) {
    const set = jwksFromPem(publicKeys)
    const ignoreKid = set.keys.every((key) => key['kid'] === undefined)
    return fixedKeySet(issuer, set, algorithms, ignoreKid)
  }
  if (jwks !== undefined) return fixedKeySet(issuer, jwks, algorithms, false)
  if (!isSecureUrl(jwksUri === undefined ? issuer : jwksUri)) {
    throw new ConfigError(
      `${jwksUri === undefined ? 'issuer' : 'jwksUri'} must be an https URL (http only on loopback), since keys are fetched from there. ` +
        'Give jwks, publicKeys or secret for an issuer without one.',
    )
  }
  const { clock, fetch, random, emit } = context
  const located = jwksUri === undefined ? {} : { jwksUri }
  return createRemoteKeySet({ issuer, ...located, ...fetching, clock, fetch, random, emit })
}

function fixedKeySet(issuer: string, set: JwkSet, algorithms: readonly Algorithm[], ignoreKid: boolean): KeySet {
  requireUsableKeys(set, algorithms)
  return createLocalKeySet(issuer, { current: () => set }, ignoreKid)
}

function isLive(jwks: IssuerOptions['jwks']): jwks is LiveJwks {
  return typeof jwks === 'object' && jwks !== null && 'current' in jwks
}

/** Checked for every issuer, also where nothing is fetched: an option is a mistake or it is not. */
function keySetOptions(options: IssuerOptions, context: IssuerContext): KeySetOptions {
  const merged = { ...context.keySet, ...options.keySet }
  refuseUnknownOptions('keySet', merged, ['timeout', 'freshFor', 'staleFor', 'cooldown', 'startup', 'seed'])
  for (const name of ['timeout', 'freshFor', 'staleFor', 'cooldown'] as const) {
    requireNonNegative(`keySet.${name}`, merged[name])
  }
  if (merged.startup !== undefined && !['lazy', 'background', 'require'].includes(merged.startup)) {
    throw new ConfigError("keySet.startup must be 'lazy', 'background' or 'require'.")
  }
  return merged
}
