import { createPublicKey } from 'node:crypto'
import type { Server } from 'node:http'
import { createVerifier } from '@latchkey/core'
import { expressAuth } from '@latchkey/express'
import express, { type RequestHandler } from 'express'
import { expressjwt } from 'express-jwt'
import { auth } from 'express-oauth2-jwt-bearer'
import { hello, type MakeServer } from './context.js'

/** Hello world on Express, unguarded and behind each guard. */
export const expressServers: Readonly<Record<string, MakeServer>> = {
  unguarded: () => serve(),
  'no-op middleware': () => serve((_req, _res, next) => next()),
  latchkey: ({ issuer, audience, jwksUri }) =>
    serve(expressAuth({ verifier: createVerifier({ issuer, audience, jwksUri }) }).requireAuth() as RequestHandler),
  'express-oauth2-jwt-bearer': ({ issuer, audience, jwksUri }) => serve(auth({ issuer, audience, jwksUri })),
  'express-jwt': ({ issuer, audience, pem }) =>
    serve(
      expressjwt({ secret: createPublicKey(pem) as never, algorithms: ['RS256'], issuer, audience }) as RequestHandler,
    ),
}

function serve(...guards: RequestHandler[]): Promise<Server> {
  const app = express()
  app.get('/', ...guards, (_req, res) => {
    res.json(hello)
  })
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve(server))
  })
}
