import type { Algorithm, JwkSet, LiveJwks } from '@latchkey/core'
import type { CryptoKey } from 'jose'

/** The key that signs now. */
export interface SigningKey {
  /** The `kid` of the protected header; undefined for a secret, which has none. */
  readonly kid: string | undefined
  /** The algorithm of the protected header. */
  readonly alg: Algorithm
  /** The private key, or the bytes of a secret. */
  readonly key: CryptoKey | Uint8Array
}

/** The keys of an app that issues tokens: the one that signs, and those that verify. */
export interface Keyring {
  /** Gives the active key. It is called for every token, so that a rotation counts at once. */
  signingKey(): SigningKey | Promise<SigningKey>
  /** The keys with which the sessions' own verifier checks signatures: public keys, which can change, or secrets. */
  readonly verification: { readonly jwks: LiveJwks } | { readonly secrets: readonly Uint8Array[] }
  /** Gives the public keys to publish: active, coming and retiring. Empty for a secret. The same object until it changes. */
  jwks(): JwkSet
  /** For how many seconds a key is trusted after it signed for the last time. It must be longer than an access token's life. */
  readonly retireAfter: number
}
