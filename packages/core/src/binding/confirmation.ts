import { ConfigError } from '../config-error.js'
import { isObject } from '../is-object.js'

/** How a token is bound to a key: by the thumbprint of a public key (RFC 9449 §6.1) or of a certificate (RFC 8705 §3.1). */
type ConfirmationMethod = 'jkt' | 'x5t#S256'

/** The one method of a `cnf` claim (RFC 7800 §3.1) and its thumbprint. */
export interface Confirmation {
  readonly method: ConfirmationMethod
  readonly thumbprint: string
}

// A SHA-256 hash in base64url.
const thumbprintForm = /^[A-Za-z0-9_-]{43}$/

/**
 * Reads a `cnf` claim. There must be exactly one member: of two, one might be proven and the other not.
 *
 * @returns undefined if the claim is not an object with one member that can be checked; then nothing can prove the token
 */
export function readConfirmation(cnf: unknown): Confirmation | undefined {
  if (!isObject(cnf)) return undefined
  const [member, ...others] = Object.entries(cnf)
  if (member === undefined || others.length > 0) return undefined
  const [method, thumbprint] = member
  if (method !== 'jkt' && method !== 'x5t#S256') return undefined
  return typeof thumbprint === 'string' && thumbprintForm.test(thumbprint) ? { method, thumbprint } : undefined
}

/**
 * Refuses the option `cnf: 'ignore'` beside `dpop` or `mtls`, which check `cnf`.
 *
 * @throws ConfigError if `cnf` is set
 */
export function requireCnfLookedAt(cnf: unknown): void {
  if (cnf === undefined) return
  throw new ConfigError("cnf: 'ignore' stands beside dpop or mtls, which look at `cnf`. Remove the one or the other.")
}
