import { Deadline, defaultWithin, isError } from '@latchkey/session/store-kit'
import type { PostgresPool, PostgresPoolClient, PostgresQuery } from './clients.js'
import { asStoreError, isTransient } from './failures.js'

/** What a statement may be given. */
export type Value = string | number | null | readonly string[]

/** A row; every value is PostgreSQL's own text, whatever parsers the app has set. */
export type Row = { readonly [column: string]: string | null }

/** Tries of a statement that others were in the way of. */
const attempts = 10

/** Pools whose errors are listened for: once is enough, however many stores there are. */
const heard = new WeakSet<PostgresPool>()

/**
 * Runs statements. Rejects with `StoreUnavailableError` where no answer comes within so many real seconds: a connection that
 * has none by then is closed, for the next caller gets another.
 */
export class Connection {
  readonly #pool: PostgresPool

  constructor(pool: PostgresPool) {
    this.#pool = pool
    // An event called "error" that nobody listens for ends the process. The statements that fail tell the store.
    if (!heard.has(pool)) pool.on('error', () => {})
    heard.add(pool)
  }

  /** One statement, which is a transaction of its own. */
  query(text: string, values: readonly Value[] = [], within: number = defaultWithin): Promise<readonly Row[]> {
    return whileTransient(within, async (left) => rowsOf(await this.#pool.query(queryOf(text, values, left))))
  }

  /** One statement within a transaction whose first statements, as one text without parameters, are `opening`. */
  queryAfter(opening: string, text: string, values: readonly Value[], within: number): Promise<readonly Row[]> {
    return whileTransient(within, async (left) => {
      const client = await this.#pool.connect()
      return settle(client, async () => {
        await client.query(queryOf(`begin; ${opening}`, [], left))
        const rows = rowsOf(await client.query(queryOf(text, values, left)))
        await client.query(queryOf('commit', [], left))
        return rows
      })
    })
  }

  /** Several statements in one text. */
  async run(text: string): Promise<void> {
    await whileTransient(defaultWithin, (left) => this.#pool.query(queryOf(text, [], left)))
  }
}

function queryOf(text: string, values: readonly Value[], within: number): PostgresQuery {
  const query = { text, query_timeout: Math.ceil(within * 1000), types: { getTypeParser: () => String } }
  // Without parameters it may be several statements.
  return values.length === 0 ? query : { ...query, values: [...values] }
}

function rowsOf({ rows }: { readonly rows: readonly unknown[] }): readonly Row[] {
  return rows as readonly Row[]
}

/** Gives the connection back; closes it where something failed, which also rolls back. */
async function settle<T>(client: PostgresPoolClient, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work()
    client.release()
    return result
  } catch (error) {
    client.release(isError(error) ? error : new Error('failed'))
    throw error
  }
}

/** A database set to serialize transactions may refuse one because of another. */
async function whileTransient<T>(within: number, work: (left: number) => Promise<T>): Promise<T> {
  const deadline = new Deadline(within)
  for (let attempt = 1; ; attempt++) {
    const left = deadline.left()
    try {
      return await work(left)
    } catch (error) {
      if (attempt === attempts || !isTransient(error)) throw asStoreError(error)
    }
  }
}
