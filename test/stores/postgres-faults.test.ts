import { postgresStore } from '@latchkey/postgres'
import pg from 'pg'
import { PostgresServer, postgresMissing } from '../servers/postgres-server.js'
import { testFaults } from './faults.js'

testFaults('PostgreSQL through pg', postgresMissing, async () => {
  const server = await PostgresServer.start()
  const pools = [new pg.Pool({ connectionString: server.url }), new pg.Pool({ connectionString: server.url })] as const
  const administrator = new pg.Pool({ connectionString: server.url })
  administrator.on('error', () => {})
  const tables = 'latchkey_families, latchkey_revocations, latchkey_revision, latchkey_keyring, latchkey_proofs'
  return {
    server,
    stores: [postgresStore({ pool: pools[0] }), postgresStore({ pool: pools[1] })],
    cutListeners: () =>
      administrator.query(`select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen %'`),
    flush: () => administrator.query(`truncate ${tables}`),
    damage: (id) => administrator.query(`update latchkey_families set claims = 'not JSON' where id = $1`, [id]),
    close: async () => {
      await Promise.all([...pools, administrator].map((pool) => pool.end()))
    },
  }
})
