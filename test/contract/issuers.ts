import { ConfigError, type FindIssuer } from '@latchkey/core'
import { isObject } from './is-object.js'

/** Called when an issuer is looked up. */
export interface LookupEvent {
  readonly type: 'lookup'
  readonly iss: string
}

type Note = (event: LookupEvent) => void

/** Issuers in the form that the library takes: a list of entries, or a function that looks in a table. */
export function readIssuers(issuers: unknown, note: Note): { readonly issuers: never; readonly keepFor?: never } {
  if (Array.isArray(issuers)) return { issuers: issuers.map(withSecretBytes) as never }
  if (!isObject(issuers) || !isObject(issuers['find'])) throw new ConfigError('issuers must be a list, or { find }.')
  const { find, ...rest } = issuers
  return { issuers: lookIn(find as Record<string, unknown>, note) as never, ...rest }
}

function lookIn(table: Record<string, unknown>, note: Note): FindIssuer {
  return (iss) => {
    note({ type: 'lookup', iss })
    const answer = Object.hasOwn(table, iss) ? table[iss] : null
    if (answer === 'throw') throw new Error('The lookup throws, as it was told.')
    if (!isObject(answer) || typeof answer['after'] !== 'number') return withSecretBytes(answer)
    const { after, then } = answer
    return new Promise((resolve) => setTimeout(() => resolve(withSecretBytes(then)), after * 1000))
  }
}

/**
 * JSON has no bytes, so secrets are base64url here. Anything that is not an issuer's entry is passed on for the library to
 * refuse.
 */
function withSecretBytes(entry: unknown) {
  if (!isObject(entry) || entry['secret'] === undefined) return entry as never
  const bytes = (secret: unknown) => (typeof secret === 'string' ? Buffer.from(secret, 'base64url') : secret)
  const { secret } = entry
  return { ...entry, secret: Array.isArray(secret) ? secret.map(bytes) : bytes(secret) } as never
}
