import type { UntypedClaims } from './auth.js'
import { createVerifierOver } from './create-verifier.js'
import { createIssuer } from './issuer.js'
import type { IssuerOptions } from './issuer-options.js'
import { IssuerBeside } from './issuers/issuer-beside.js'
import { readIssuers } from './issuers/read-issuers.js'
import type { Verifier } from './verifier.js'
import type { VerifierOptions } from './verifier-options.js'

/**
 * Makes a verifier for an app that issues tokens itself, and also accepts tokens of issuers that a function finds. The app's own
 * tokens need no lookup, so its users never wait for the lookups of others.
 *
 * @param own the app's own issuer
 * @param options the options of `createVerifier`; `issuers` finds all other issuers
 * @throws ConfigError as `createVerifier` does
 */
export function createVerifierBeside<Claims extends object = UntypedClaims>(
  own: IssuerOptions,
  options: VerifierOptions<Claims>,
): Verifier<Claims> {
  return createVerifierOver(
    options,
    (given, context) => new IssuerBeside(createIssuer(own, context), readIssuers(given, context)),
  )
}
