import { ConfigError } from '@latchkey/core'

/** Where the tables are. */
export interface PostgresNames {
  /** The schema of the tables, which is made if it is missing. Default: the first in the connection's search path. */
  readonly schema?: string
  /** The beginning of the names of the tables. Default `latchkey_`. */
  readonly tablePrefix?: string
}

/** The names, in the form that statements need. */
export interface Names {
  readonly schema: string | undefined
  readonly families: string
  readonly revocations: string
  readonly revision: string
  readonly keyring: string
  readonly proofs: string
  /** Gives the name of an index. */
  index(name: string): string
  /** The channel on which revocations are announced, without quotes. */
  readonly channel: string
}

/**
 * Makes the names of tables, indexes and the channel.
 *
 * @param of the function that takes the options, for the message
 * @throws ConfigError for a name that is not plain
 */
export function namesOf(of: string, { schema, tablePrefix = 'latchkey_' }: PostgresNames): Names {
  // A name in PostgreSQL has at most 63 bytes, and the channel's name contains both.
  if (schema !== undefined && !/^[A-Za-z_][A-Za-z0-9_]{0,23}$/.test(schema)) throw wrong(of, 'schema')
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,23}$/.test(tablePrefix)) throw wrong(of, 'tablePrefix')
  const within = schema === undefined ? '' : `"${schema}".`
  const table = (name: string) => `${within}"${tablePrefix}${name}"`
  return {
    schema,
    families: table('families'),
    revocations: table('revocations'),
    revision: table('revision'),
    keyring: table('keyring'),
    proofs: table('proofs'),
    index: (name) => `"${tablePrefix}${name}"`,
    channel: `${schema === undefined ? '' : `${schema}.`}${tablePrefix}revocations`,
  }
}

function wrong(of: string, option: string): ConfigError {
  return new ConfigError(
    `${of}: ${option} must be at most 24 letters, digits and underscores, and must not begin with a digit.`,
  )
}
