import type { KeyStore } from '@latchkey/session'
import type { Connection } from './connection.js'
import type { Names } from './names.js'

/** Makes the store of the keyring: one row. */
export function postgresKeyStore(connection: Connection, { keyring }: Names): KeyStore {
  const first = `insert into ${keyring} (version, sealed) values (1, $1) on conflict do nothing returning version`
  const next = `update ${keyring} set version = version + 1, sealed = $1 where version = $2 returning version`
  return {
    read: async () => {
      const [row] = await connection.query(`select version, sealed from ${keyring}`)
      return row === undefined ? null : { version: Number(row['version']), sealed: String(row['sealed']) }
    },
    write: async (expected, sealed) => {
      const written = await (expected === 0
        ? connection.query(first, [sealed])
        : connection.query(next, [sealed, expected]))
      return written.length > 0
    },
  }
}
