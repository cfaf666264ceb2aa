import { ConfigError } from '@latchkey/core'
import { isFilledText } from '@latchkey/core/adapter'
import { type ClientAuth, ClientSecretBasic, ClientSecretPost, PrivateKeyJwt } from 'oauth4webapi'
import type { IntrospectionOptions } from './introspection-options.js'

type SigningKey = NonNullable<IntrospectionOptions['privateKey']>

/**
 * Makes the client authentication from the options (RFC 6749 §2.3, RFC 7523 §2.2).
 *
 * @throws ConfigError if there is neither a secret nor a key, if there are both, or if one cannot be used
 */
export function clientAuthOf(options: IntrospectionOptions): ClientAuth {
  const { clientSecret, secretIn = 'basic', privateKey } = options
  if ((clientSecret === undefined) === (privateKey === undefined)) {
    throw new ConfigError('createIntrospection: give either clientSecret or privateKey, to say who is asking.')
  }
  if (privateKey !== undefined) return PrivateKeyJwt(requirePrivate(privateKey))
  if (!isFilledText(clientSecret)) {
    throw new ConfigError(
      'createIntrospection: clientSecret is empty. Give the one that the issuer shows for your API.',
    )
  }
  if (secretIn === 'basic') return ClientSecretBasic(clientSecret)
  if (secretIn === 'post') return ClientSecretPost(clientSecret)
  throw new ConfigError("createIntrospection: secretIn takes 'basic' or 'post'.")
}

function requirePrivate(privateKey: SigningKey): SigningKey {
  const withKid = typeof privateKey === 'object' && privateKey !== null && 'key' in privateKey
  if (isPrivate(withKid ? privateKey.key : privateKey)) return privateKey
  throw new ConfigError(
    'createIntrospection: privateKey takes a private CryptoKey that may sign, e.g. from importPKCS8 of jose.',
  )
}

/** Whether a value is a private key that may sign. A program without types may give anything. */
function isPrivate(key: unknown): boolean {
  if (typeof key !== 'object' || key === null || !('type' in key) || !('usages' in key)) return false
  return key.type === 'private' && Array.isArray(key.usages) && key.usages.includes('sign')
}
