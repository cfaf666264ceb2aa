import type { UntypedClaims } from './auth.js'
import type { Dpop } from './binding/dpop.js'
import type { Mtls } from './binding/mtls.js'
import type { Clock } from './clock.js'
import type { TrustedOriginsOption } from './csrf/trusted-origins.js'
import type { CoreEvent } from './events.js'
import type { IssuerOptions } from './issuer-options.js'
import type { FindIssuer } from './issuers/find-issuer.js'
import type { KeySetOptions } from './keys/key-set-options.js'
import type { ProtectedResource } from './protected-resource.js'
import type { ScopeImplies } from './requirement/scope-hierarchy.js'
import type { ClaimsSchema } from './token/claims-schema.js'
import type { TokenDecryption } from './token/token-decryption.js'
import type { TokenSource } from './token-source/token-source.js'

/** The options that apply to every issuer of a verifier. Durations are in seconds. */
export interface SharedOptions<Claims extends object = UntypedClaims> {
  /**
   * Where to look for the token: `'header'` (`Authorization`), `{ cookie: name }`, or `{ header: name }`: another field, which
   * a proxy fills with the bare token and removes if a client sent it. A request with more than one token is refused. Default
   * `['header']`.
   */
  readonly tokenFrom?: readonly TokenSource[]
  /**
   * Checks the app's own claims and gives `auth.claims` its type: any Standard Schema, synchronous or not. It runs once per
   * token, and its answer is remembered with the token. So a user who is blocked later still passes until the token expires;
   * use a guard's `check` for what must be checked at every request. Integers beyond 2^53 were rounded when the token was
   * parsed. (With zone.js, Zod takes an async refine for a success.) Default: no schema.
   */
  readonly claims?: ClaimsSchema<Claims>
  /** How far the issuer's clock may differ, in seconds. Default 10. */
  readonly clockTolerance?: number
  /** The longest time since `iat`, in seconds. Tokens must then have `iat`. Default: no limit. */
  readonly maxTokenAge?: number
  /** Decrypts tokens that are encrypted; `createTokenDecryption` makes it. Default: encrypted tokens are `token_malformed`. */
  readonly decryption?: TokenDecryption
  /**
   * Accepts tokens that are bound to a key, if the client proves that it holds the key (RFC 9449). `createDpop` makes it.
   * Default: off.
   */
  readonly dpop?: Dpop
  /**
   * Accepts tokens that are bound to a client certificate, if the client presents it (RFC 8705). `createMtls` makes it.
   * Default: off.
   */
  readonly mtls?: Mtls
  /**
   * Names in every challenge the URL at which clients learn who issues tokens for this API (RFC 9728). `protectedResource`
   * makes it. Default: off.
   */
  readonly resource?: ProtectedResource
  /**
   * `'ignore'` says on purpose that a token's `cnf` is not checked (RFC 7800): a bound token is then good for whoever holds it.
   * Default: a bound token without a proof is `token_rejected`.
   */
  readonly cnf?: 'ignore'
  /** The longest token that is accepted, in characters. A longer one is `token_malformed`. Default 16384. */
  readonly maxTokenLength?: number
  /**
   * Which scopes each scope implies, also through other scopes. Guards count the implied scopes; `auth.scope` stays what was
   * granted. Default: none.
   */
  readonly scopeImplies?: ScopeImplies
  /**
   * The other origins whose pages may send requests with our cookies, each exactly as in `Origin`, with any scheme (RFC 6454
   * §6.2). Or a function that gets the `Origin` and must answer `true`. Default: none.
   */
  readonly trustedOrigins?: TrustedOriginsOption
  /** Whether good tokens are remembered, at most 10,000 and 16 MiB. Default true. */
  readonly tokenCache?: boolean
  /**
   * How keys are fetched and kept, for every issuer that has no `keySet` of its own. Default: the defaults of `KeySetOptions`.
   */
  readonly keySet?: KeySetOptions
  /**
   * Is called with every refusal and with what happens to key sets. What it throws is reported as an uncaught exception. Default:
   * events are dropped.
   */
  readonly onEvent?: (event: CoreEvent) => void
  /** Gives the present in seconds since the epoch. Default: the system clock. */
  readonly clock?: Clock
  /**
   * Fetches metadata and keys of every issuer that has no `fetch` of its own. It may follow redirects; its answers are limited
   * in time and size. Default: on Node `node:http` and `node:https`, because some answers stop the process through Node's own
   * `fetch`; elsewhere the global `fetch`.
   */
  readonly fetch?: typeof fetch
  /** Gives a number from 0 to below 1; it spreads refreshes and retries. Default `Math.random`. */
  readonly random?: () => number
}

/**
 * The options of `createVerifier`: those of one issuer, or several issuers as `issuers`. A token's `iss` then chooses among
 * these.
 */
export type VerifierOptions<Claims extends object = UntypedClaims> = SharedOptions<Claims> &
  (
    | (IssuerOptions & { readonly issuers?: never; readonly keepFor?: never })
    | ({
        /**
         * A list of issuers, or a function that gives the options of the issuer that a token names, and null if that is not
         * accepted. The function is called only for an `iss` of at most 512 characters. For each `iss` it is called once, and
         * its answer is kept for `keepFor` seconds. At most 64 calls run at a time, for 3 s each.
         *
         * While the answers stay the same, an issuer keeps its key set. New functions (`fetch`, `isRevoked`) or new instances
         * of classes at each call count as a change: after each `keepFor` they make a new issuer, whose keys are fetched again.
         * So return the same object for the same tenant.
         */
        readonly issuers: readonly IssuerOptions[] | FindIssuer
        /** For how many seconds an answer of the function is kept; 0: the function is called for every token. Default 600. */
        readonly keepFor?: number
      } & {
        readonly [Name in Exclude<keyof IssuerOptions, 'keySet' | 'fetch'>]?: never
      })
  )

/** The names of `SharedOptions`. */
export const sharedOptionNames: Readonly<Record<keyof SharedOptions, true>> = {
  tokenFrom: true,
  claims: true,
  clockTolerance: true,
  maxTokenAge: true,
  maxTokenLength: true,
  scopeImplies: true,
  trustedOrigins: true,
  tokenCache: true,
  decryption: true,
  dpop: true,
  mtls: true,
  resource: true,
  cnf: true,
  keySet: true,
  onEvent: true,
  clock: true,
  fetch: true,
  random: true,
}
