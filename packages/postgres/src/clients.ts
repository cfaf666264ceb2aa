/** What is needed of a pool of `pg`. */
export interface PostgresPool {
  /** How its connections are made; the one that listens for revocations is made in the same way. */
  readonly options: object
  connect(): Promise<PostgresPoolClient>
  on(event: 'error', listener: (error: Error) => void): unknown
  query(query: PostgresQuery): Promise<PostgresResult>
}

/** A connection lent by a pool. */
export interface PostgresPoolClient {
  query(query: PostgresQuery): Promise<PostgresResult>
  /** With an error: it is not to be used again. */
  release(error?: Error): void
}

/** A statement, as `pg` takes it. */
export interface PostgresQuery {
  text: string
  values?: unknown[]
  /** Milliseconds. */
  query_timeout?: number
  types?: { getTypeParser(): (text: string) => unknown }
}

/** The rows that a statement gave. */
export interface PostgresResult {
  readonly rows: readonly unknown[]
}

/** Whether an option is a pool of `pg`. */
export function isPostgresPool(pool: Partial<PostgresPool> | undefined): boolean {
  return typeof pool?.query === 'function' && typeof pool.connect === 'function'
}
