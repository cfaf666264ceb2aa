import type { Algorithm, JwkSet, LiveJwks } from '@latchkey/core'
import type { CryptoKey } from 'jose'

/** The key that signs now. */
export interface SigningKey {
  /** Key id of the protected header; undefined for a secret, which has none. */
  readonly kid: string | undefined
  readonly alg: Algorithm
  readonly key: CryptoKey | Uint8Array
}

/** The keys of an app that issues tokens: which one signs, and which ones verify. */
export interface Keyring {
  /** The active key. Asked for at every token, so that a rotation counts at once. */
  signingKey(): SigningKey | Promise<SigningKey>
  /** What the sessions' own verifier checks signatures with: public keys that change, or secrets. */
  readonly verification: { readonly jwks: LiveJwks } | { readonly secrets: readonly Uint8Array[] }
  /** The public keys to publish: coming, active and retiring. Empty for a secret. The same object until it changes. */
  jwks(): JwkSet
  /** For how many seconds a key is trusted after it signed for the last time. */
  readonly retireAfter: number
}
