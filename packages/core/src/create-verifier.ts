import type { Auth, UntypedClaims } from './auth.js'
import { AuthError } from './auth-error.js'
import { createAuthenticate, emitDenied } from './authenticate.js'
import { type Binding, unproven } from './binding/binding.js'
import type { Dpop } from './binding/dpop.js'
import type { Mtls } from './binding/mtls.js'
import { type Clock, systemClock } from './clock.js'
import { ConfigError, refuseUnknownOptions, requireNonNegative } from './config-error.js'
import { type CheckOrigin, createCheckOrigin } from './csrf/check-origin.js'
import { readTrustedOrigins, type TrustedOriginsOption } from './csrf/trusted-origins.js'
import { type CoreEvent, createEmit } from './events.js'
import { createIssuer, type Issuer, type IssuerContext } from './issuer.js'
import { type IssuerOptions, issuerOptionNames } from './issuer-options.js'
import { type FindIssuer, FoundIssuers } from './issuers/found-issuers.js'
import { type Issuers, snapshots } from './issuers/issuers.js'
import { createListedIssuers, ListedIssuers } from './issuers/listed-issuers.js'
import { ForgottenKeys } from './keys/forgotten-keys.js'
import type { KeySet, KeySetSnapshot } from './keys/key-set.js'
import { type KeySetOptions, requireKeySetOptions } from './keys/key-set-options.js'
import { type MaybePromise, whenReady } from './maybe-promise.js'
import type { ProtectedResource, ResourceContext, ResourceMetadata } from './protected-resource.js'
import type { Authenticate } from './request-view.js'
import { closeHierarchy, type ScopeImplies } from './requirement/scope-hierarchy.js'
import { requireSharedOptions } from './shared-options.js'
import { counting, createCounters, snapshotOf, type VerifierStats } from './stats.js'
import { defaultClockTolerance } from './token/claims.js'
import type { ClaimsSchema } from './token/claims-schema.js'
import { maxTokenLength } from './token/compact-jws.js'
import { createTokenCache } from './token/token-cache.js'
import type { TokenDecryption } from './token/token-decryption.js'
import { readTokenFrom, type TokenSource } from './token-source/token-source.js'
import { createVerifyToken } from './verify-token.js'
import { createWatch, type Watch } from './watch/create-watch.js'

/** What holds for every issuer of a verifier; durations in seconds. */
export interface SharedOptions<Claims extends object = UntypedClaims> {
  /**
   * Where tokens are looked for: `'header'` (`Authorization`), `{ cookie: name }`, `{ header: name }` (another field, which a
   * proxy fills with the bare token, and strips where a client sent it). Default `['header']`.
   */
  readonly tokenFrom?: readonly TokenSource[]
  /**
   * Checks the app's own claims and gives `auth.claims` its type: any Standard Schema with a synchronous or async check. It is
   * asked once per token and its answer remembered with it, so a user who is blocked later keeps passing until the token
   * expires: what must be asked at every request is a guard's `check`. Integers beyond 2^53 were rounded when the token was
   * parsed. (Zod takes an async refine for success under zone.js.)
   */
  readonly claims?: ClaimsSchema<Claims>
  /** Clock difference with the issuer that is tolerated. Default 10. */
  readonly clockTolerance?: number
  /** Longest time since `iat`, which is then required. Default: not limited. */
  readonly maxTokenAge?: number
  /** Opens tokens that come encrypted, by `createTokenDecryption`. Default: encrypted tokens are malformed. */
  readonly decryption?: TokenDecryption
  /** Accepts tokens that are bound to a key, from whoever proves to hold it (RFC 9449); by `createDpop`. Default: off. */
  readonly dpop?: Dpop
  /** Accepts tokens that are bound to a client certificate, from whoever presents it (RFC 8705); by `createMtls`. Default: off. */
  readonly mtls?: Mtls
  /** Says in every challenge where clients learn who issues tokens for this API (RFC 9728); by `protectedResource`. Default: not. */
  readonly resource?: ProtectedResource
  /**
   * `'ignore'`: a token's `cnf` is not looked at, so that a bound token is good for whoever holds it. Default: a bound token that
   * nothing proves is `token_rejected`.
   */
  readonly cnf?: 'ignore'
  /** Longest token that is looked at, in characters. Default 16384. */
  readonly maxTokenLength?: number
  /** Which scopes each scope implies, closed transitively; `auth.scope` stays what was granted. Default: none. */
  readonly scopeImplies?: ScopeImplies
  /**
   * Other origins whose pages may send requests with our cookies, each exactly as in `Origin`, of any scheme; or a function that
   * is asked for the `Origin` and must answer `true`. Default: none.
   */
  readonly trustedOrigins?: TrustedOriginsOption
  /** Whether tokens found good are remembered. Default true. */
  readonly tokenCache?: boolean
  /** How keys are fetched and kept, for every issuer that does not say otherwise. */
  readonly keySet?: KeySetOptions
  /** Told of every refusal and of what happens to key sets. What it throws is reported as an uncaught exception. */
  readonly onEvent?: (event: CoreEvent) => void
  /** The present in seconds since the epoch. Default: the system clock. */
  readonly clock?: Clock
  /**
   * Fetches metadata and keys: what it throws, follows or leaves behind is its own affair. Default: `node:http` and
   * `node:https` on Node, where an answer could stop the process through the global `fetch`; elsewhere that.
   */
  readonly fetch?: typeof fetch
  /** A number from 0 to below 1, for jitter. Default `Math.random`. */
  readonly random?: () => number
}

/** One issuer said in place, or several as a list: the token's `iss` then chooses among these and nothing else. */
export type VerifierOptions<Claims extends object = UntypedClaims> = SharedOptions<Claims> &
  (
    | (IssuerOptions & { readonly issuers?: never; readonly keepFor?: never })
    | ({
        /**
         * A list, or a function from a token's `iss` to an issuer's options, null for "not ours". It is asked once per name,
         * at most 64 at a time and for 3 s; only for an `iss` of at most 512 characters.
         */
        readonly issuers: readonly IssuerOptions[] | FindIssuer
        /** Seconds for which an answer of that function is kept. Default 600. */
        readonly keepFor?: number
      } & {
        readonly [Name in Exclude<keyof IssuerOptions, 'keySet' | 'fetch'>]?: never
      })
  )

/** Verifies tokens and decides about requests. Made by `createVerifier`; shared by any number of apps and guards. */
export interface Verifier<Claims extends object = UntypedClaims> {
  /** The one way through, for adapters: a request's view and a route's requirement give a decision. */
  readonly authenticate: Authenticate<Claims>
  /** What to answer a `GET` of `resourceMetadata.path` with; undefined without the option `resource`. */
  readonly resourceMetadata: ResourceMetadata | undefined
  /** The cross-origin check alone, for adapters' `requireSameOrigin`: no token is looked at. */
  readonly checkOrigin: CheckOrigin
  /**
   * Verifies a token that came another way than by a request, e.g. in a WebSocket's first message. Always `await` it:
   * it answers at once where it can.
   *
   * @throws AuthError where the token is refused, thrown or as a rejection
   */
  verify(token: string): MaybePromise<Auth<Claims>>
  /**
   * Watches who is calling while a connection lasts: calls back once, at most a second after `exp` has passed (without
   * tolerance), the key is trusted no longer or `isRevoked` says so. Starts one timer for all, which keeps no process alive. An
   * introspected token is watched by its `exp` and `isRevoked` alone: its issuer is not asked again.
   *
   * @param auth what a guard stored or `verify` gave
   * @param onEnd closes the connection, e.g. a WebSocket with a code of 4000 or above
   * @throws ConfigError for any other object
   */
  watch(auth: Auth<Claims>, onEnd: () => void): Watch<Claims>
  /** Resolves once every issuer's keys are held. Rejects with `keys_unavailable`. */
  ready(): Promise<void>
  /** Fetches the keys of all issuers now, or of the one named. Rejects with `keys_unavailable`. */
  refresh(issuer?: string): Promise<void>
  /**
   * Stops trusting the key under a kid, of all issuers or of the one named: at once, under every kid, for tokens without
   * one, and after every refetch, until the process ends. Another key under the kid counts again. A secret has no kid.
   */
  forget(kid: string, issuer?: string): void
  /** How each issuer's keys stand, for a readiness probe. */
  keySets(): readonly KeySetSnapshot[]
  /** What it has counted since it was made: a snapshot. */
  stats(): VerifierStats
  /** What it was made with, for what documents the API (`@latchkey/core/openapi`). A secret is still among it: never log it. */
  options(): VerifierOptions<object>
}

const sharedOptionNames = [
  'tokenFrom',
  'claims',
  'clockTolerance',
  'maxTokenAge',
  'maxTokenLength',
  'scopeImplies',
  'trustedOrigins',
  'tokenCache',
  'decryption',
  'dpop',
  'mtls',
  'resource',
  'cnf',
  'keySet',
  'onEvent',
  'clock',
  'fetch',
  'random',
]

/**
 * Makes a verifier. Everything is checked here, so that a mistake shows when the app starts and not at a request.
 *
 * @param options one issuer or several, and what holds for all; what is set is enforced
 * @throws ConfigError for an option that is missing, unknown, contradictory or unsafe
 */
export function createVerifier<Claims extends object = UntypedClaims>(
  options: VerifierOptions<Claims>,
): Verifier<Claims> {
  requireSharedOptions(options)
  const clock = options.clock ?? systemClock
  const counters = createCounters()
  const emit = counting(counters, createEmit(options.onEvent))
  const issuers = readIssuers(options, {
    clockTolerance: options.clockTolerance ?? defaultClockTolerance,
    maxTokenAge: options.maxTokenAge,
    implied: closeHierarchy(options.scopeImplies),
    keySet: requireKeySetOptions(options.keySet),
    clock,
    fetch: options.fetch,
    random: options.random ?? Math.random,
    emit,
    shared: new WeakMap(),
    forgottenOf: () => new ForgottenKeys(),
  })
  const cache = (options.tokenCache ?? true) ? createTokenCache() : undefined
  const verifyToken = createVerifyToken({
    issuers,
    schema: options.claims,
    cache,
    clock,
    decryption: options.decryption,
    maxTokenLength: options.maxTokenLength ?? maxTokenLength,
    counters,
    opaqueIssuer: opaqueIssuerOf(issuers),
  })
  const bindings = readBindings(options)
  const { dpop } = options
  const tokenFrom = readTokenFrom(options.tokenFrom)
  const resource = describeResource(options)
  const trustedOrigins = readTrustedOrigins(options.trustedOrigins)
  const authenticate = createAuthenticate<Claims>({
    tokenFrom,
    schemes: dpop?.schemes ?? ['Bearer'],
    trustedOrigins,
    verifyToken,
    bindings,
    challenger: resource?.challenger ?? dpop?.challenger(undefined),
    clock,
    clockTolerance: options.clockTolerance ?? defaultClockTolerance,
    counters,
    emit,
  })

  async function keySetsOf(name: string | undefined): Promise<readonly KeySet[]> {
    const chosen = name === undefined ? issuers.known() : [await issuers.named(name)]
    return chosen.map(({ keySet }) => keySet)
  }

  // Now that nothing can be refused any more.
  for (const { keySet } of issuers.known()) keySet.start()
  return {
    authenticate,
    resourceMetadata: resource?.metadata,
    checkOrigin: createCheckOrigin(trustedOrigins, emit),
    verify: (token) =>
      // A message may well hold something else in a token's place; from a request it is always text.
      whenReady(typeof token === 'string' ? verifyToken(token) : new AuthError('token_malformed'), (found) => {
        const verified =
          found instanceof AuthError || found.cnf === undefined || options.cnf === 'ignore'
            ? found
            : unproven('binding_unchecked', found)
        if (!(verified instanceof AuthError)) return verified.allow('given').auth as Auth<Claims>
        emitDenied(emit, verified)
        Error.captureStackTrace?.(verified)
        throw verified
      }),
    watch: createWatch({ verifyToken, clock, ignoresCnf: options.cnf === 'ignore', emit }),
    ready: async () => void (await Promise.all((await keySetsOf(undefined)).map((keySet) => keySet.ready()))),
    refresh: async (issuer) => void (await Promise.all((await keySetsOf(issuer)).map((keySet) => keySet.refresh()))),
    forget: (kid, issuer) => issuers.forget(kid, issuer),
    keySets: () => snapshots(issuers),
    stats: () => snapshotOf(counters),
    options: () => options,
  }
}

function readIssuers<Claims extends object>(options: VerifierOptions<Claims>, context: IssuerContext): Issuers {
  const own = options.issuers === undefined ? issuerOptionNames : ['issuers', 'keepFor']
  refuseUnknownOptions('createVerifier', options, [...own, ...sharedOptionNames])
  if (options.issuers === undefined) {
    // Said for all issuers, of which there is one: not that one's own.
    const { keySet: _keySet, fetch: _fetch, ...single } = options
    return new ListedIssuers([createIssuer(single, context)])
  }
  const { issuers, keepFor } = options
  requireNonNegative('keepFor', keepFor)
  if (typeof issuers === 'function') return new FoundIssuers(issuers, keepFor ?? 600, context)
  if (keepFor !== undefined) {
    throw new ConfigError('keepFor is for issuers that a function finds; a list is kept for good. Leave it out.')
  }
  if (!Array.isArray(issuers)) {
    throw new ConfigError('issuers takes a list, or a function from `iss` to its options.')
  }
  return createListedIssuers(issuers, context)
}

/** An opaque token does not say whose it is, so there can be one issuer to ask. */
function opaqueIssuerOf(issuers: Issuers): Issuer | undefined {
  const [one, another] = issuers.known().filter(({ introspect }) => introspect !== undefined)
  if (another === undefined) return one
  throw new ConfigError(
    'introspection is configured for two issuers, and an opaque token names none. Keep one of them.',
  )
}

function describeResource(
  options: ResourceContext & Pick<SharedOptions, 'resource'>,
): ReturnType<ProtectedResource['describe']> | undefined {
  const { resource } = options
  if (resource === undefined) return undefined
  if (typeof resource?.describe !== 'function') throw new ConfigError('resource takes what protectedResource gives.')
  return resource.describe(options)
}

/** Whatever can prove a bound token. Not to look at `cnf` is to take everything for proven. */
function readBindings(options: Pick<SharedOptions, 'dpop' | 'mtls' | 'cnf' | 'tokenFrom'>): readonly Binding[] {
  const { dpop, mtls, cnf } = options
  if (cnf !== undefined && cnf !== 'ignore') throw new ConfigError("cnf can only be 'ignore'. Leave it out otherwise.")
  const bindings = [dpop, mtls].filter((each) => each !== undefined)
  for (const binding of bindings) {
    if (typeof binding?.requireFitting !== 'function') {
      throw new ConfigError('dpop and mtls take what createDpop and createMtls give.')
    }
    binding.requireFitting(options)
  }
  return cnf === 'ignore' ? [ignoring] : bindings
}

const ignoring: Binding = {
  prove: () => ({ error: undefined, nonce: undefined }),
  requireFitting: () => {},
}
