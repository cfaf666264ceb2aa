import { hmacSha256 } from '#digest'
import { ConfigError, refuseUnknownOptions } from '../config-error.js'
import { type MaybePromise, whenReady } from '../maybe-promise.js'

/** How nonces are made. */
export interface NonceOptions {
  /**
   * The first makes nonces, any of them makes one good: list the new one second everywhere, then first everywhere, then drop the
   * old one. Bytes, or a string that stands for its UTF-8 bytes; at least 32 bytes each. The same for all processes.
   */
  readonly secrets: readonly (string | Uint8Array)[]
  /** Seconds for which the same nonce is given out; it is good for that time and as long again. Default 60. */
  readonly step?: number
}

/** Makes and knows nonces (RFC 9449 §9), of which nothing is stored. */
export interface Nonces {
  /** The nonce to give out now. */
  current(now: number): MaybePromise<string>
  /** Whether a nonce is of the step that lasts, of the one before, or neither. */
  ageOf(nonce: unknown, now: number): MaybePromise<'current' | 'previous' | undefined>
}

/**
 * Nonces that are an HMAC over the number of a time step: any process with the secrets knows them, and nothing is stored.
 * They show that a proof was made lately, and no more; that it was made once is for the replay store.
 *
 * @throws ConfigError for secrets that are none or too short, or a step that is not positive
 */
export function createNonces(options: NonceOptions): Nonces {
  refuseUnknownOptions('dpop.nonce', options, { secrets: true, step: true })
  const secrets = readSecrets(options.secrets)
  const { step = 60 } = options
  if (!(Number.isFinite(step) && step > 0)) {
    throw new ConfigError('dpop.nonce.step must be a finite number of seconds, more than 0.')
  }
  // Those of two steps are asked for again and again.
  const made = new Map<number, MaybePromise<readonly string[]>>()

  function ofStep(index: number): MaybePromise<readonly string[]> {
    const known = made.get(index)
    if (known !== undefined) return known
    for (const old of made.keys()) if (old < index - 1 || old > index + 1) made.delete(old)
    const nonces = all(secrets.map((secret) => hmacSha256(secret, `dpop nonce ${step} ${index}`)))
    made.set(index, nonces)
    return nonces
  }

  return {
    current: (now) => whenReady(ofStep(Math.floor(now / step)), ([first = '']) => first),
    ageOf: (nonce, now) => {
      if (typeof nonce !== 'string') return undefined
      const index = Math.floor(now / step)
      return whenReady(ofStep(index), (current) => {
        if (current.includes(nonce)) return 'current'
        return whenReady(ofStep(index - 1), (previous) => (previous.includes(nonce) ? 'previous' : undefined))
      })
    },
  }
}

function readSecrets(secrets: unknown): readonly Uint8Array[] {
  if (!Array.isArray(secrets) || secrets.length === 0) {
    throw new ConfigError('dpop.nonce.secrets must be a list of at least one secret.')
  }
  return secrets.map((secret: unknown) => {
    const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret
    if (!(bytes instanceof Uint8Array) || bytes.length < 32) {
      throw new ConfigError(
        'dpop.nonce.secrets takes strings and Uint8Arrays of at least 32 bytes each, e.g. from `openssl rand -base64 48`.',
      )
    }
    return Uint8Array.from(bytes)
  })
}

function all(values: readonly MaybePromise<string>[]): MaybePromise<readonly string[]> {
  return values.reduce<MaybePromise<readonly string[]>>(
    (list, value) => whenReady(list, (before) => whenReady(value, (next) => [...before, next])),
    [],
  )
}
