import type { IssuerOptions } from '../issuer-options.js'

/**
 * The options of an issuer, as a lookup gives them. `issuer` may be left out; if it is given, it must be the `iss` of the call.
 */
export type FoundIssuer = Omit<IssuerOptions, 'issuer'> & { readonly issuer?: string }

/**
 * Finds the options of the issuer that a token names. It gives null if the issuer is not accepted. If it throws, rejects or
 * takes more than 3 seconds, the token is answered with `keys_unavailable` (503).
 *
 * Plain data may be built anew at each call. But functions (`fetch`, `isRevoked`) and instances of classes count as changed
 * unless they are the same ones. A lookup that makes new ones at each call gets a new issuer, which fetches its keys again,
 * every time that `keepFor` has passed. So keep the options, and return the same object for the same tenant.
 *
 * @param iss the claim of a token that nobody has verified yet: a text of at most 512 characters
 */
export type FindIssuer = (iss: string) => FoundIssuer | null | PromiseLike<FoundIssuer | null>
