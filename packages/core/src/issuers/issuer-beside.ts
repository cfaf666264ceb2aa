import type { AuthError } from '../auth-error.js'
import type { Issuer } from '../issuer.js'
import type { MaybePromise } from '../maybe-promise.js'
import type { Issuers } from './issuers.js'

/** One issuer beside others. It is known from the start, and finding it never waits for a lookup. */
export class IssuerBeside implements Issuers {
  readonly #own: Issuer
  readonly #others: Issuers

  constructor(own: Issuer, others: Issuers) {
    this.#own = own
    this.#others = others
  }

  find(iss: unknown): MaybePromise<Issuer | AuthError> {
    return iss === this.#own.issuer ? this.#own : this.#others.find(iss)
  }

  known(): readonly Issuer[] {
    return [this.#own, ...this.#others.known()]
  }

  named(name: string): MaybePromise<Issuer> {
    return name === this.#own.issuer ? this.#own : this.#others.named(name)
  }

  forget(kid: string, issuer: string | undefined): void {
    const { issuer: own, keySet } = this.#own
    if (issuer === undefined || issuer === own) keySet.forget(kid)
    if (issuer !== own) this.#others.forget(kid, issuer)
  }
}
