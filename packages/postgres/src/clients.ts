/** The part of a `Pool` of `pg` that the stores use. */
export interface PostgresPool {
  /** The options of its connections. The connection that listens for revocations is made with the same. */
  readonly options: object
  /** Lends a connection, or gives an error. */
  connect(lend: (error: Error | undefined, client: PostgresPoolClient | undefined) => void): void
  /** Listens to errors of idle connections. */
  on(event: 'error', listener: (error: Error) => void): unknown
  /** Runs one statement on any connection. */
  query(query: PostgresQuery): Promise<PostgresResult>
}

/** A connection that a pool has lent. */
export interface PostgresPoolClient {
  /** Runs one statement on this connection. */
  query(query: PostgresQuery): Promise<PostgresResult>
  /** Listens to errors of the connection, which nobody else does while it is lent. */
  on(event: 'error', listener: (error: Error) => void): unknown
  /** Stops that. */
  off(event: 'error', listener: (error: Error) => void): unknown
  /** Gives the connection back. With an error, the pool closes it. */
  release(error?: Error): void
}

/** A statement, in the form of `pg`. */
export interface PostgresQuery {
  /** The SQL. */
  text: string
  /** The parameters `$1`, `$2`, … Default: none. */
  values?: unknown[]
  /** How long to wait for an answer, in milliseconds. */
  query_timeout?: number
  /** How to read values. The stores read all of them as text. */
  types?: { getTypeParser(): (text: string) => unknown }
}

/** The result of a statement. */
export interface PostgresResult {
  /** The rows, each an object with a member per column. */
  readonly rows: readonly unknown[]
}

/** Whether an option is a pool of `pg`. */
export function isPostgresPool(pool: Partial<PostgresPool> | undefined): boolean {
  return typeof pool?.query === 'function' && typeof pool.connect === 'function'
}
