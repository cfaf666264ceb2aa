import { METHODS, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import websocket from '@fastify/websocket'
import { type FastifySessionAuth, fastifyAuth } from '@latchkey/fastify'
import type { Login } from '@latchkey/session'
import {
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  fastify,
} from 'fastify'
import {
  type Answer,
  events,
  failed,
  guarded,
  me,
  moveClock,
  notFound,
  optional,
  publicAnswer,
  readText,
  stats,
  upgradeRequired,
} from './answers.js'
import type { Contract } from './config.js'
import { endDevice, listDevices, readForm } from './devices.js'
import { type Listening, listening, makeServer, type Tls } from './listen.js'
import { narrowUpgrades, receiveOver } from './socket-server.js'

/** Creates an app that passes every method and path on as it is. */
export function makeFastify(tls: Tls | undefined, options: FastifyServerOptions = {}): FastifyInstance {
  const app = fastify({
    ...options,
    serverFactory: (handler) => makeServer(tls, handler),
    frameworkErrors: (_error, _request, reply) => send(reply, notFound),
    clientErrorHandler: answerAsNode,
  })
  // The handler gets every method with its body unread, so that Fastify does not refuse content types it cannot parse.
  for (const method of METHODS) {
    if (method !== 'CONNECT') app.addHttpMethod(method, { hasBody: false, overrideExisting: true })
  }
  return app
}

/** The contract server on Fastify, listening. */
export async function serveFastify(contract: Contract, port: number): Promise<Listening> {
  const app = await fastifyApp(contract)
  narrowUpgrades(app.server)
  await app.listen({ port, host: '127.0.0.1' })
  return listening(app.server)
}

/** The contract server on Fastify, for whoever hands it requests. */
export async function fastifyApp(contract: Contract, options: FastifyServerOptions = {}): Promise<FastifyInstance> {
  const app = makeFastify(contract.tls, options)
  app.setNotFoundHandler((_request, reply) => send(reply, notFound))
  app.setErrorHandler((error, _request, reply) => {
    console.error(error)
    send(reply, failed)
  })

  const { verifier, sessions } = contract
  const auth = sessions === undefined ? fastifyAuth({ verifier }) : fastifyAuth({ sessions })
  const { plugin, requireAuth, requireSameOrigin, optionalAuth, getAuth, getOptionalAuth, resourceMetadata } = auth
  await app.register(plugin)
  if (verifier.resourceMetadata !== undefined) app.addHook('onRequest', resourceMetadata())
  app.get('/public', (_request, reply) => send(reply, publicAnswer))
  app.post('/same-origin', { onRequest: requireSameOrigin() }, (_request, reply) => send(reply, publicAnswer))
  app.all('/me', { onRequest: requireAuth() }, (request, reply) => send(reply, me(getAuth(request))))
  app.get('/optional', { onRequest: optionalAuth() }, (request, reply) =>
    send(reply, optional(getOptionalAuth(request))),
  )
  app.get('/read', { onRequest: requireAuth({ scope: 'read' }) }, (request, reply) => send(reply, me(getAuth(request))))
  app.get('/admin', { onRequest: requireAuth({ scope: ['read', 'admin'] }) }, (request, reply) =>
    send(reply, me(getAuth(request))),
  )
  for (const { path, isOptional, options } of contract.guards) {
    const onRequest = isOptional ? optionalAuth(options) : requireAuth(options)
    const handler = (request: FastifyRequest, reply: FastifyReply) => send(reply, guarded(getOptionalAuth(request)))
    app.route({ method: ['GET', 'POST'], url: path, onRequest, handler })
  }
  // In a plugin of its own, because it changes how every route in its scope treats an upgrade.
  const sockets: FastifyPluginAsync = async (scope) => {
    await scope.register(websocket)
    scope.route({
      method: 'GET',
      url: '/socket',
      onRequest: requireAuth(),
      handler: (_request, reply) => send(reply, upgradeRequired),
      wsHandler: (socket, request) => receiveOver(socket, verifier, getAuth(request)),
    })
  }
  await app.register(sockets)
  if ('session' in auth) addSessionRoutes(app, auth, contract)
  app.get('/stats', (_request, reply) => send(reply, stats(contract)))
  app.get('/events', (_request, reply) => send(reply, events(contract)))
  app.post('/clock', async (request, reply) => send(reply, moveClock(contract, await readText(request.raw))))
  return app
}

function addSessionRoutes(
  app: FastifyInstance,
  { session, requireAuth, getAuth }: FastifySessionAuth,
  contract: Contract,
): void {
  app.post('/session', async (request, reply) => session.start(reply, (await session.readJson(request)) as Login))
  app.post('/session/refresh', session.refresh)
  app.post('/session/device', session.bind)
  app.delete('/session', session.end)
  app.delete('/session/all', session.endAll)
  app.get('/.well-known/jwks.json', session.jwks)
  app.get('/sessions', { onRequest: requireAuth() }, async (request, reply) =>
    send(reply, await listDevices(contract, getAuth(request))),
  )
  app.delete<{ Params: { id: string } }>('/sessions/:id', { onRequest: requireAuth() }, async (request, reply) =>
    send(reply, await endDevice(contract, getAuth(request), request.params.id)),
  )
  if (!contract.hasForms) return
  app.post('/form/log-in', async (request, reply) => {
    const { login, redirect } = readForm(await readText(request.raw))
    return session.start(reply, login, { redirect })
  })
  app.post('/form/log-out', async (request, reply) => {
    const { redirect } = readForm(await readText(request.raw))
    return session.end(request, reply, { redirect })
  })
}

/** Sends the body as bytes, because Fastify adds a charset to a JSON type that is sent as text. */
export function send(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  return reply
    .code(status)
    .headers(headers)
    .send(body === null ? null : Buffer.from(body))
}

/** Answers a request that is not HTTP as Node does by itself, as in the other two frameworks. */
function answerAsNode(error: NodeJS.ErrnoException, socket: Socket): void {
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
  if (socket.writable) socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`)
  socket.destroy(error)
}
