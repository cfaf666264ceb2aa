import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { createVerifier } from '@latchkey/core'
import { honoAuth } from '@latchkey/hono'
import { Hono, type MiddlewareHandler } from 'hono'
import { jwk } from 'hono/jwk'
import { jwt } from 'hono/jwt'
import { hello, type MakeServer } from './context.js'

/** Hello world on Hono, unguarded and behind each guard. */
export const honoServers: Readonly<Record<string, MakeServer>> = {
  unguarded: () => serve(),
  'no-op middleware': () => serve((_c, next) => next()),
  latchkey: ({ issuer, audience, jwksUri }) =>
    serve(honoAuth({ verifier: createVerifier({ issuer, audience, jwksUri }) }).requireAuth() as MiddlewareHandler),
  'hono/jwk': ({ issuer, audience, jwk: key }) =>
    serve(jwk({ keys: [key as never], alg: ['RS256'], verification: { iss: issuer, aud: audience } })),
  'hono/jwk, fetching': ({ issuer, audience, jwksUri }) =>
    serve(jwk({ jwks_uri: jwksUri, alg: ['RS256'], verification: { iss: issuer, aud: audience } })),
  'hono/jwt': ({ issuer, audience, pem }) =>
    serve(jwt({ secret: pem, alg: 'RS256', verification: { iss: issuer, aud: audience } })),
}

function serve(...guards: MiddlewareHandler[]): Promise<Server> {
  const app = new Hono()
  for (const guard of guards) app.use('/', guard)
  app.get('/', (c) => c.json(hello))
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}
