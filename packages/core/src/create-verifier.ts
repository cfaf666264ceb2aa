import type { Auth, UntypedClaims } from './auth.js'
import { AuthError } from './auth-error.js'
import { createAuthenticate, emitDenied } from './authenticate.js'
import { type Binding, unproven } from './binding/binding.js'
import { systemClock } from './clock.js'
import { ConfigError } from './config-error.js'
import { createCheckOrigin } from './csrf/require-same-origin.js'
import { readTrustedOrigins } from './csrf/trusted-origins.js'
import { createEmit } from './events.js'
import type { Issuer, IssuerContext } from './issuer.js'
import { type Issuers, snapshots } from './issuers/issuers.js'
import { readIssuers } from './issuers/read-issuers.js'
import { ForgottenKeys } from './keys/forgotten-keys.js'
import type { KeySet } from './keys/key-set.js'
import { requireKeySetOptions } from './keys/key-set-options.js'
import { whenReady } from './maybe-promise.js'
import type { ProtectedResource, ResourceContext } from './protected-resource.js'
import { closeHierarchy } from './requirement/scope-hierarchy.js'
import { requireSharedOptions } from './shared-options.js'
import { counting, createCounters, snapshotOf } from './stats.js'
import { defaultClockTolerance } from './token/claims.js'
import { maxTokenLength } from './token/compact-jws.js'
import { createTokenCache } from './token/token-cache.js'
import { readTokenFrom } from './token-source/token-source.js'
import type { Verifier } from './verifier.js'
import type { SharedOptions, VerifierOptions } from './verifier-options.js'
import { createVerifyToken } from './verify-token.js'
import { createWatch } from './watch/create-watch.js'

/**
 * Makes a verifier. It checks all options here, so that a mistake shows when the app starts and not at a request.
 *
 * @param options one issuer or several, and the options that apply to all of them; what is set is enforced
 * @throws ConfigError if an option is missing, unknown, contradictory or unsafe
 */
export function createVerifier<Claims extends object = UntypedClaims>(
  options: VerifierOptions<Claims>,
): Verifier<Claims> {
  return createVerifierOver(options, readIssuers)
}

/**
 * Makes a verifier over issuers of any kind.
 *
 * @param read checks the options that name the issuers, and makes the issuers
 * @throws ConfigError as `createVerifier` does
 */
export function createVerifierOver<Claims extends object>(
  options: VerifierOptions<Claims>,
  read: (options: VerifierOptions<Claims>, context: IssuerContext) => Issuers,
): Verifier<Claims> {
  requireSharedOptions(options)
  const clock = options.clock ?? systemClock
  const counters = createCounters()
  const emit = counting(counters, createEmit(options.onEvent))
  const issuers = read(options, {
    clockTolerance: options.clockTolerance ?? defaultClockTolerance,
    maxTokenAge: options.maxTokenAge,
    implied: closeHierarchy(options.scopeImplies),
    keySet: requireKeySetOptions(options.keySet),
    clock,
    fetch: options.fetch,
    random: options.random ?? Math.random,
    emit,
    shared: new WeakMap(),
    lastRules: {},
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
  const tokenFrom = readTokenFrom(options.tokenFrom)
  const bindings = readBindings(options)
  const { dpop } = options
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

  // Last, because from here on no option can be refused.
  for (const { keySet } of issuers.known()) keySet.start()
  return {
    authenticate,
    resourceMetadata: resource?.metadata,
    checkOrigin: createCheckOrigin(trustedOrigins, emit),
    verify: (token) =>
      // A message of a queue may hold something else in place of a token. From a request it is always text.
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

/** Gives the one issuer that is asked about opaque tokens. There can be only one, because an opaque token names no issuer. */
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
  if (typeof resource?.describe !== 'function') throw new ConfigError('resource must be made with protectedResource.')
  return resource.describe(options)
}

/** Gives the ways to prove a bound token. With `cnf: 'ignore'`, every token counts as proven. */
function readBindings(options: Pick<SharedOptions, 'dpop' | 'mtls' | 'cnf' | 'tokenFrom'>): readonly Binding[] {
  const { dpop, mtls, cnf } = options
  if (cnf !== undefined && cnf !== 'ignore') throw new ConfigError("cnf can only be 'ignore'. Leave it out otherwise.")
  if (dpop !== undefined && typeof dpop?.challenger !== 'function') {
    throw new ConfigError('dpop must be made with createDpop.')
  }
  if (mtls !== undefined && (typeof mtls?.prove !== 'function' || 'challenger' in mtls)) {
    throw new ConfigError('mtls must be made with createMtls.')
  }
  const bindings = [dpop, mtls].filter((each) => each !== undefined)
  for (const binding of bindings) binding.requireFitting(options)
  return cnf === 'ignore' ? [ignoring] : bindings
}

const ignoring: Binding = {
  prove: () => ({ error: undefined, nonce: undefined }),
  requireFitting: () => {},
}
