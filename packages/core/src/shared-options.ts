import { ConfigError, requireNonNegative } from './config-error.js'
import { isObject } from './is-object.js'

/**
 * Checks the types of the options that apply to all issuers of a verifier, before anything is made from them.
 *
 * @param options whatever the app gave
 * @throws ConfigError if there are no options at all, or if one has the wrong type
 */
export function requireSharedOptions(options: unknown): void {
  if (!isObject(options)) {
    throw new ConfigError('createVerifier takes an object of options, at least { issuer, audience }.')
  }
  const { clockTolerance, maxTokenAge, maxTokenLength, tokenCache, claims } = options
  requireNonNegative('clockTolerance', clockTolerance)
  requireNonNegative('maxTokenAge', maxTokenAge)
  if (maxTokenAge === 0) throw new ConfigError('maxTokenAge: 0 accepts no token. Leave it out for no limit.')
  if (maxTokenLength !== undefined && !(Number.isSafeInteger(maxTokenLength) && Number(maxTokenLength) > 0)) {
    throw new ConfigError('maxTokenLength must be a number of characters, 1 or more.')
  }
  for (const name of ['clock', 'random', 'fetch', 'onEvent', 'decryption']) {
    const value = options[name]
    if (value !== undefined && typeof value !== 'function') throw new ConfigError(`${name} must be a function.`)
  }
  if (tokenCache !== undefined && typeof tokenCache !== 'boolean') {
    throw new ConfigError('tokenCache must be true or false.')
  }
  if (claims !== undefined && !isSchema(claims)) {
    throw new ConfigError(
      'claims takes a Standard Schema, e.g. one of Zod, Valibot or ArkType: https://standardschema.dev.',
    )
  }
}

/** ArkType's schemas are functions. */
function isSchema(value: unknown): boolean {
  if (!isObject(value) && typeof value !== 'function') return false
  const standard: unknown = Reflect.get(value, '~standard')
  return isObject(standard) && typeof standard['validate'] === 'function'
}
