import { ConfigError, type FindIssuer } from '@latchkey/core'
import { isObject } from './is-object.js'

/** An issuer was looked up. */
export interface LookupEvent {
  readonly type: 'lookup'
  readonly iss: string
}

type Note = (event: LookupEvent) => void

/** Issuers as the library takes them, from a list of entries or from a table that a function looks in. */
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

/** JSON has no bytes: secrets are base64url here. What is not an issuer's entry is left for the library to refuse. */
function withSecretBytes(entry: unknown) {
  if (!isObject(entry) || entry['secret'] === undefined) return entry as never
  const bytes = (secret: unknown) => (typeof secret === 'string' ? Buffer.from(secret, 'base64url') : secret)
  const { secret } = entry
  return { ...entry, secret: Array.isArray(secret) ? secret.map(bytes) : bytes(secret) } as never
}
