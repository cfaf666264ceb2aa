import { ConfigError, type Secret } from '@latchkey/core'
import { algorithmsForSecrets, refuseUnknownOptions, secretBytes } from '@latchkey/core/adapter'
import type { Keyring } from './keyring.js'

/** Options of `createSecretKeyring`. */
export interface SecretKeyringOptions {
  /** One or more secrets of at least 32 bytes each. A string is taken as UTF-8. The first signs, all verify. */
  readonly secret: Secret
}

/**
 * Makes a keyring of HMAC secrets (HS256, RFC 7518 §3.2) in place of key pairs. Whoever can verify with a secret can also sign,
 * so use it for one app alone. To replace a secret, put the new one first, and remove the old one when its last access token
 * has expired.
 *
 * @throws ConfigError for an unknown option, or if a secret is too short
 */
export function createSecretKeyring(options: SecretKeyringOptions): Keyring {
  refuseUnknownOptions('createSecretKeyring', options, { secret: true })
  const secrets = secretBytes(options.secret)
  const [key] = secrets
  if (key === undefined || !algorithmsForSecrets(secrets).includes('HS256')) {
    throw new ConfigError(
      'createSecretKeyring: secret is too short: HMAC needs at least 32 bytes, e.g. from `openssl rand -base64 48`.',
    )
  }
  const none = { keys: [] }
  return {
    signingKey: () => ({ kid: undefined, alg: 'HS256', key }),
    verification: { secrets },
    jwks: () => none,
    retireAfter: Number.POSITIVE_INFINITY,
  }
}
