import { createVerifier, type Secret } from '@latchkey/core'
import { refuseUnknownOptions } from '@latchkey/core/adapter'
import type { Keyring } from './keyring.js'

/** The secrets of an app that verifies its own tokens and nobody else's. */
export interface SecretKeyringOptions {
  /** At least 32 bytes; a string stands for its UTF-8 bytes. Of several the first signs and all verify. */
  readonly secret: Secret
}

/**
 * A keyring of HMAC secrets (HS256), for those who want no keys. Whoever can verify can also sign, so it suits one app alone.
 * To replace the secret, put the new one first and drop the old one once its last access token has expired.
 *
 * @throws ConfigError where a secret is too short
 */
export function createSecretKeyring(options: SecretKeyringOptions): Keyring {
  refuseUnknownOptions('createSecretKeyring', options, ['secret'])
  // Core's own checks, in core's words.
  createVerifier({ issuer: 'keyring', audience: null, algorithms: ['HS256'], secret: options.secret })
  const list = Array.isArray(options.secret) ? options.secret : [options.secret]
  const secrets = list.map((each: string | Uint8Array) =>
    typeof each === 'string' ? new TextEncoder().encode(each) : Uint8Array.from(each),
  )
  const none = { keys: [] }
  return {
    signingKey: () => ({ kid: undefined, alg: 'HS256', key: secrets[0] as Uint8Array }),
    verification: { secrets },
    jwks: () => none,
    retireAfter: Number.POSITIVE_INFINITY,
  }
}
