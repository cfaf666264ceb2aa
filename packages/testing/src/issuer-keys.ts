import type { Algorithm, Jwk, JwkSet } from '@latchkey/core'
import { createTestKey, type TestKey } from './test-key.js'

/** Options of `issuer.rotate`. */
export interface RotateOptions {
  /** Whether the old key stays published beside the new one. Default true. */
  readonly overlap?: boolean
  /** The algorithm that gets another key. Default: the issuer's first. */
  readonly alg?: Algorithm
  /** The new key's kid. `null`: none. Default: a new one. */
  readonly kid?: string | null
  /** The new key itself. Default: a new one. */
  readonly key?: TestKey
}

/** An issuer's keys: one per algorithm signs, and any number is published. */
export class IssuerKeys {
  readonly #active: Map<Algorithm, TestKey>
  readonly #first: Algorithm
  #published: Jwk[] = []

  constructor(keys: readonly TestKey[]) {
    const [first] = keys
    if (first === undefined) throw new TypeError('A test issuer needs at least one algorithm or key.')
    this.#first = first.alg
    this.#active = new Map(keys.map((key) => [key.alg, key]))
    for (const { publicJwk } of keys) this.publish(publicJwk)
  }

  /** Gives the key that signs. */
  active(alg: Algorithm = this.#first): TestKey {
    const key = this.#active.get(alg)
    if (key === undefined) {
      const known = [...this.#active.keys(), alg].map((name) => `'${name}'`).join(', ')
      throw new TypeError(`This test issuer has no key for ${alg}. Create it with { algorithms: [${known}] }.`)
    }
    return key
  }

  /** Gives the algorithms that it signs with. */
  algorithms(): readonly Algorithm[] {
    return [...this.#active.keys()]
  }

  /** Gives the key set as published now. */
  jwks(): JwkSet {
    return { keys: [...this.#published] }
  }

  publish(jwk: Jwk | undefined): void {
    if (jwk !== undefined) this.#published.push(jwk)
  }

  withdraw(kid: string): void {
    this.#published = this.#published.filter((jwk) => jwk['kid'] !== kid)
  }

  rotate({ overlap = true, alg = this.#first, kid, key }: RotateOptions): TestKey {
    const old = this.active(alg)
    const next = key ?? createTestKey(alg, kid === undefined ? {} : { kid })
    if (!overlap) this.#published = this.#published.filter((jwk) => jwk !== old.publicJwk)
    this.#active.set(alg, next)
    this.publish(next.publicJwk)
    return next
  }
}
