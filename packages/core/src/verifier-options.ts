import type { UntypedClaims } from './auth.js'
import type { Dpop } from './binding/dpop.js'
import type { Mtls } from './binding/mtls.js'
import type { Clock } from './clock.js'
import type { TrustedOriginsOption } from './csrf/trusted-origins.js'
import type { CoreEvent } from './events.js'
import type { IssuerOptions } from './issuer-options.js'
import type { FindIssuer } from './issuers/found-issuers.js'
import type { KeySetOptions } from './keys/key-set-options.js'
import type { ProtectedResource } from './protected-resource.js'
import type { ScopeImplies } from './requirement/scope-hierarchy.js'
import type { ClaimsSchema } from './token/claims-schema.js'
import type { TokenDecryption } from './token/token-decryption.js'
import type { TokenSource } from './token-source/token-source.js'

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

/** Their names, for whoever checks options. */
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
