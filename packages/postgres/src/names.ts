import { ConfigError } from '@latchkey/core'

/** Where the tables are. */
export interface PostgresNames {
  /** The schema of the tables; made where it is missing. Default: the first of the connection's search path. */
  readonly schema?: string
  /** What the names of the tables begin with. Default `latchkey_`. */
  readonly tablePrefix?: string
}

/** The names, ready to stand in a statement. */
export interface Names {
  readonly schema: string | undefined
  readonly families: string
  readonly revocations: string
  readonly revision: string
  readonly keyring: string
  readonly proofs: string
  /** The name of an index. */
  index(name: string): string
  /** The channel on which revocations are announced; not quoted. */
  readonly channel: string
}

/**
 * @param of whose options these are
 * @throws ConfigError where a name is not a plain one
 */
export function namesOf(of: string, { schema, tablePrefix = 'latchkey_' }: PostgresNames): Names {
  // Names of PostgreSQL have at most 63 bytes, and the longest of the channel and the indexes is made of both.
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
