import { createServer, type RequestListener, type Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { FastifyInstance } from 'fastify'
import { afterAll } from 'vitest'
import { close, listen } from '../servers/listen.js'

/** Serves an Express app, or any other listener of Node's, until the tests of the file are over. Gives its URL, with no slash at the end. */
export function serveNode(app: RequestListener): Promise<string> {
  return serveUntilEnd(createServer(app))
}

/** The same for an app that speaks `Request` and `Response`. */
export function serveFetch(app: { fetch(request: Request): Response | Promise<Response> }): Promise<string> {
  return serveUntilEnd(createAdaptorServer({ fetch: app.fetch }) as Server)
}

/** The same for a Fastify app. */
export async function serveFastify(app: FastifyInstance): Promise<string> {
  afterAll(() => app.close())
  return app.listen({ port: 0, host: '127.0.0.1' })
}

/** The same for a server that has listeners of its own. */
export async function serveUntilEnd(server: Server): Promise<string> {
  afterAll(() => close(server))
  return `http://127.0.0.1:${await listen(server)}`
}
