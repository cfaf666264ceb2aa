import { ConfigError, refuseUnknownOptions, requireNonNegative } from '../config-error.js'
import { createIssuer, type IssuerContext } from '../issuer.js'
import { issuerOptionNames } from '../issuer-options.js'
import { sharedOptionNames, type VerifierOptions } from '../verifier-options.js'
import { FoundIssuers } from './found-issuers.js'
import type { Issuers } from './issuers.js'
import { createListedIssuers, ListedIssuers } from './listed-issuers.js'

/**
 * Makes the issuers that a verifier's options name: one, a list, or those that a function finds.
 *
 * @throws ConfigError if these options are wrong, or if the verifier has an unknown option
 */
export function readIssuers<Claims extends object>(options: VerifierOptions<Claims>, context: IssuerContext): Issuers {
  const own = options.issuers === undefined ? issuerOptionNames : { issuers: true, keepFor: true }
  // Which names are known depends on whether `issuers` is given.
  refuseUnknownOptions<object>('createVerifier', options, { ...own, ...sharedOptionNames })
  if (options.issuers === undefined) {
    // The verifier's own options for all issuers, here only one. They are not the issuer's.
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
