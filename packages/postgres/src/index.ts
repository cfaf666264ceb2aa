export type { PostgresPool, PostgresPoolClient, PostgresQuery, PostgresResult } from './clients.js'
export { postgresMigration } from './migration.js'
export type { PostgresNames } from './names.js'
export { type PostgresStoreOptions, postgresStore } from './postgres-store.js'
