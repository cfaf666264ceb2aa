import fastifyJwt from '@fastify/jwt'
import { createVerifier } from '@latchkey/core'
import { fastifyAuth } from '@latchkey/fastify'
import { type FastifyInstance, fastify, type onRequestHookHandler } from 'fastify'
import fastifyJwtJwks from 'fastify-jwt-jwks'
import { hello, type MakeServer, type ServerContext } from './context.js'

/** Hello world on Fastify, unguarded and behind each guard. */
export const fastifyServers: Readonly<Record<string, MakeServer>> = {
  unguarded: () => serve(() => undefined),
  'no-op hook': () => serve(() => (_request, _reply, done) => done()),
  latchkey: ({ issuer, audience, jwksUri }) =>
    serve(async (app) => {
      const { plugin, requireAuth } = fastifyAuth({ verifier: createVerifier({ issuer, audience, jwksUri }) })
      await app.register(plugin)
      return requireAuth() as onRequestHookHandler
    }),
  '@fastify/jwt, cached': (context) => serve((app) => withFastifyJwt(app, context, true)),
  '@fastify/jwt': (context) => serve((app) => withFastifyJwt(app, context, false)),
  'fastify-jwt-jwks': ({ issuer, audience, jwksUri }) =>
    serve(async (app) => {
      await app.register(fastifyJwtJwks.default, { jwksUrl: jwksUri, audience, issuer })
      return app.authenticate as onRequestHookHandler
    }),
}

type Guard = onRequestHookHandler | undefined

async function serve(guard: (app: FastifyInstance) => Guard | Promise<Guard>) {
  const app = fastify()
  const onRequest = await guard(app)
  app.get('/', onRequest === undefined ? {} : { onRequest }, (_request, reply) => {
    reply.send(hello)
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server
}

async function withFastifyJwt(app: FastifyInstance, { issuer, audience, pem }: ServerContext, cache: boolean) {
  await app.register(fastifyJwt, {
    secret: { public: pem },
    verify: { algorithms: ['RS256'], allowedIss: issuer, allowedAud: audience, cache: cache ? 10_000 : false },
  } as never)
  const guard: onRequestHookHandler = async (request) => {
    await request.jwtVerify()
  }
  return guard
}
