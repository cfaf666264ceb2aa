import type { UntypedClaims } from './auth.js'
import { createVerifierOver } from './create-verifier.js'
import { createIssuer } from './issuer.js'
import type { IssuerOptions } from './issuer-options.js'
import { IssuerBeside } from './issuers/issuer-beside.js'
import { readIssuers } from './issuers/read-issuers.js'
import type { Verifier } from './verifier.js'
import type { VerifierOptions } from './verifier-options.js'

/**
 * A verifier for an app that issues tokens itself, and takes those of others that a function finds. Its own need no lookup: however
 * slow the lookups of others are, and however many, its users do not wait for them.
 *
 * @param own the app's own issuer
 * @param options those of `createVerifier`, with `issuers` for all others
 * @throws ConfigError as `createVerifier`
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
