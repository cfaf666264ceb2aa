import type { AuthError } from '../auth-error.js'
import { ConfigError, refuseUnknownOptions } from '../config-error.js'
import { createIssuer, type Issuer, type IssuerContext } from '../issuer.js'
import { type IssuerOptions, issuerOptionNames } from '../issuer-options.js'
import { type Issuers, unknownIssuer } from './issuers.js'

/** The issuers that were configured, by name. */
export class ListedIssuers implements Issuers {
  readonly #byName: ReadonlyMap<unknown, Issuer>

  constructor(issuers: readonly Issuer[]) {
    this.#byName = new Map(issuers.map((each) => [each.issuer, each]))
  }

  find(iss: unknown): Issuer | AuthError {
    return this.#byName.get(iss) ?? unknownIssuer()
  }

  known(): readonly Issuer[] {
    return [...this.#byName.values()]
  }

  named(name: string): Issuer {
    const issuer = this.#byName.get(name)
    if (issuer === undefined)
      throw new ConfigError(
        'No issuer of that name is configured in this verifier. Give one as `issuer` or `issuers` has it.',
      )
    return issuer
  }

  forget(kid: string, issuer: string | undefined): void {
    for (const { keySet } of issuer === undefined ? this.known() : [this.named(issuer)]) keySet.forget(kid)
  }
}

/**
 * Makes the issuers of a list.
 *
 * @throws ConfigError for an empty list, for an issuer that is there twice, or for wrong options; the message names the entry
 */
export function createListedIssuers(list: readonly IssuerOptions[], context: IssuerContext): Issuers {
  if (list.length === 0) throw new ConfigError('issuers is an empty list. Configure at least one.')
  const issuers = Array.from(list, (each, index) => createEntry(each, index, context))
  const names = new Set<string>()
  issuers.forEach(({ issuer }, index) => {
    if (!names.has(issuer)) {
      names.add(issuer)
      return
    }
    throw new ConfigError(
      `issuers[${index}]: issuer ${JSON.stringify(issuer)} is configured twice. Merge the two entries into one.`,
    )
  })
  return new ListedIssuers(issuers)
}

function createEntry(options: IssuerOptions, index: number, context: IssuerContext): Issuer {
  try {
    refuseUnknownOptions('an entry', options, issuerOptionNames)
    return createIssuer(options, context)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new ConfigError(`issuers[${index}]: ${error.message}`)
  }
}
