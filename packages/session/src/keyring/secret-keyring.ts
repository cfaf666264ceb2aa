import { ConfigError, type Secret } from '@latchkey/core'
import { algorithmsForSecrets, refuseUnknownOptions, secretBytes } from '@latchkey/core/adapter'
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
