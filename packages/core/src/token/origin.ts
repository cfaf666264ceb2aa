import type { VerifiedToken } from './verified-token.js'

/** Gives back the object that it is called with, so that a class built on it adds its private member to that object. */
class Given {
  constructor(object: object) {
    return object
  }
}

/**
 * The token that a guard's identity was made from, kept as a private member of the identity itself: no member that the app could
 * read, log or copy. A WeakMap would do the same, but costs 0.5 µs for each token that is seen for the first time, since the
 * garbage collector has to go through it.
 */
class Origin extends Given {
  readonly #verified: VerifiedToken

  constructor(auth: object, verified: VerifiedToken) {
    super(auth)
    this.#verified = verified
  }

  static of(auth: object): VerifiedToken | undefined {
    return #verified in auth ? auth.#verified : undefined
  }
}

/** Notes which token an identity was made from. Call it before the identity is frozen. */
export function setOrigin(auth: object, verified: VerifiedToken): void {
  new Origin(auth, verified)
}

/** What a guard's identity was made from; undefined for any other object, a copy included. */
export function verifiedOf(auth: object): VerifiedToken | undefined {
  return Origin.of(auth)
}
