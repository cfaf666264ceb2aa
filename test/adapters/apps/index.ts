import type { ServeAdapter } from '@latchkey/testing/adapter-contract'
import { serveExpress, serveExpress4 } from './express.js'
import { serveFastify } from './fastify.js'
import { serveFetch } from './fetch.js'
import { serveHono } from './hono.js'
import { serveNestExpress, serveNestFastify } from './nest.js'

/** The app of the adapter contract (`ServeAdapter` says what it has), by the name of its framework. */
export const adapterApps: Readonly<Record<string, ServeAdapter>> = {
  fastify: serveFastify,
  express: serveExpress,
  express4: serveExpress4,
  hono: serveHono,
  fetch: serveFetch,
  'nest-express': serveNestExpress,
  'nest-fastify': serveNestFastify,
}
