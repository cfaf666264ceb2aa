import { hmacSha256 } from '#digest'
import { ConfigError, refuseUnknownOptions, requirePositive } from '../config-error.js'
import { type MaybePromise, whenReady } from '../maybe-promise.js'

/** How DPoP nonces are made (RFC 9449 §9). */
export interface NonceOptions {
  /**
   * One or more secrets, the same in all processes. The first makes new nonces; nonces of all of them are accepted. To change
   * a secret: add the new one in second place everywhere, then put it first everywhere, then remove the old one. Each is bytes,
   * or a string that is taken as UTF-8; each has at least 32 bytes.
   */
  readonly secrets: readonly (string | Uint8Array)[]
  /** For how many seconds the same nonce is given out. It stays good for that time once more. Default 60. */
  readonly step?: number
}

/** Makes nonces and recognises them (RFC 9449 §9), without storing any. Times are in seconds since the epoch. */
export interface Nonces {
  /** Gives the nonce to give out now. */
  current(now: number): MaybePromise<string>
  /** Says whether a nonce is of the current time step or of the one before; undefined for any other. */
  ageOf(nonce: unknown, now: number): MaybePromise<'current' | 'previous' | undefined>
}

/**
 * Makes nonces: each is an HMAC over the number of a time step. So any process with the secrets recognises them, and nothing is
 * stored. They show only that a proof was made lately; the replay store makes sure that it is used once.
 *
 * @throws ConfigError if there is no secret, if one is too short, or if `step` is not a number above 0
 */
export function createNonces(options: NonceOptions): Nonces {
  refuseUnknownOptions('dpop.nonce', options, { secrets: true, step: true })
  const secrets = readSecrets(options.secrets)
  const { step = 60 } = options
  requirePositive('dpop.nonce.step', step)
  // The same two steps are needed again and again.
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
  return Array.from(secrets, (secret: unknown, index) => {
    const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret
    if (!(bytes instanceof Uint8Array) || bytes.length < 32) {
      throw new ConfigError(
        `dpop.nonce.secrets[${index}] must be a string or Uint8Array of at least 32 bytes, e.g. from \`openssl rand -base64 48\`.`,
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
