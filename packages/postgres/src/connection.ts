import { Deadline, defaultWithin, isError } from '@latchkey/session/store-kit'
import type { PostgresPool, PostgresPoolClient, PostgresQuery } from './clients.js'
import { asStoreError, isTransient } from './failures.js'

/** A parameter of a statement. */
export type Value = string | number | null | readonly string[]

/** A row. Every value is a text as PostgreSQL writes it, whatever parsers the app has set. */
export type Row = { readonly [column: string]: string | null }

/** How often a statement is tried that failed because of other transactions. */
const attempts = 10

/** The pools to whose errors we already listen. One listener is enough for any number of stores. */
const heard = new WeakSet<PostgresPool>()

/**
 * Runs statements. They reject with `StoreUnavailableError` if there is no answer within some seconds of real time. The
 * connection is then closed, so that the next caller gets another one.
 */
export class Connection {
  readonly #pool: PostgresPool

  constructor(pool: PostgresPool) {
    this.#pool = pool
    if (!heard.has(pool)) pool.on('error', ignore)
    heard.add(pool)
  }

  /** Runs one statement, which is a transaction of its own. */
  query(text: string, values: readonly Value[] = [], within: number = defaultWithin): Promise<readonly Row[]> {
    return whileTransient(within, async (left) => rowsOf(await this.#pool.query(queryOf(text, values, left))))
  }

  /** Runs one statement in a transaction, after the statements of `opening`: one text without parameters. */
  queryAfter(opening: string, text: string, values: readonly Value[], within: number): Promise<readonly Row[]> {
    return whileTransient(within, async (left) => {
      const client = await lent(this.#pool)
      return settle(client, async () => {
        await client.query(queryOf(`begin; ${opening}`, [], left))
        const rows = rowsOf(await client.query(queryOf(text, values, left)))
        await client.query(queryOf('commit', [], left))
        return rows
      })
    })
  }

  /** Runs several statements in one text. */
  async run(text: string): Promise<void> {
    await whileTransient(defaultWithin, (left) => this.#pool.query(queryOf(text, [], left)))
  }
}

function queryOf(text: string, values: readonly Value[], within: number): PostgresQuery {
  const query = { text, query_timeout: Math.ceil(within * 1000), types: { getTypeParser: () => String } }
  // Without `values`, the text may contain several statements.
  return values.length === 0 ? query : { ...query, values: [...values] }
}

function rowsOf({ rows }: { readonly rows: readonly unknown[] }): readonly Row[] {
  return rows as readonly Row[]
}

/** Without a listener, an event "error" ends the process. The store learns of failures from its statements. */
function ignore(): void {}

/** Borrows a connection, and listens to its errors at once: a promise of the pool would come too late for the first. */
function lent(pool: PostgresPool): Promise<PostgresPoolClient> {
  return new Promise((resolve, reject) => {
    pool.connect((error, client) => {
      if (client === undefined) return reject(error)
      client.on('error', ignore)
      resolve(client)
    })
  })
}

/**
 * Runs work on a connection that was lent, and gives the connection back. If the work fails, it closes the connection, which
 * also rolls back.
 */
async function settle<T>(client: PostgresPoolClient, work: () => Promise<T>): Promise<T> {
  const giveBack = (error?: Error) => {
    client.off('error', ignore)
    client.release(error)
  }
  try {
    const result = await work()
    giveBack()
    return result
  } catch (error) {
    giveBack(isError(error) ? error : new Error('failed'))
    throw error
  }
}

/**
 * Tries again while the database refuses the transaction because of another one (isolation level serializable, or a deadlock).
 */
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
