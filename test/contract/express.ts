import { type ExpressSessionAuth, expressAuth } from '@latchkey/express'
import type { Login } from '@latchkey/session'
import type express from 'express'
import type { Express, NextFunction, Request, Response } from 'express'
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
import { type Listening, listen, makeServer } from './listen.js'
import { createSocketServer, onSocketRequest, receiveOver } from './socket-server.js'

/** Creates an app that matches paths exactly, as in the other frameworks. */
export function makeExpress(make: typeof express): Express {
  return make().disable('x-powered-by').enable('strict routing').enable('case sensitive routing')
}

/** The contract server on Express 5 or 4, listening. */
export async function serveExpress(make: typeof express, contract: Contract, port: number): Promise<Listening> {
  const app = makeExpress(make)

  const { verifier, sessions } = contract
  const auth = sessions === undefined ? expressAuth({ verifier }) : expressAuth({ sessions })
  const { requireAuth, requireSameOrigin, optionalAuth, getAuth, getOptionalAuth, resourceMetadata, upgrade } = auth
  if (verifier.resourceMetadata !== undefined) app.use(resourceMetadata())
  app.get('/public', (_req, res) => send(res, publicAnswer))
  app.post('/same-origin', requireSameOrigin(), (_req, res) => send(res, publicAnswer))
  app.all('/me', requireAuth(), (req, res) => send(res, me(getAuth(req))))
  app.get('/optional', optionalAuth(), (req, res) => send(res, optional(getOptionalAuth(req))))
  app.get('/read', requireAuth({ scope: 'read' }), (req, res) => send(res, me(getAuth(req))))
  app.get('/admin', requireAuth({ scope: ['read', 'admin'] }), (req, res) => send(res, me(getAuth(req))))
  app.get('/socket', requireAuth(), (_req, res) => send(res, upgradeRequired))
  for (const { path, isOptional, options } of contract.guards) {
    const guard = isOptional ? optionalAuth(options) : requireAuth(options)
    const answer = (req: Request, res: Response) => send(res, guarded(getOptionalAuth(req)))
    app.get(path, guard, answer).post(path, guard, answer)
  }
  if ('session' in auth) addSessionRoutes(app, auth, contract)
  app.get('/stats', (_req, res) => send(res, stats(contract)))
  app.get('/events', (_req, res) => send(res, events(contract)))
  app.post('/clock', async (req, res) => send(res, moveClock(contract, await readText(req))))

  app.use((_req, res) => send(res, notFound))
  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    console.error(error)
    send(res, failed)
  })

  const server = makeServer(contract.tls, app)
  const sockets = createSocketServer()
  onSocketRequest(server, (req, socket, head) => {
    void upgrade(req, socket, { app }).then((identity) => {
      if (identity === null) return
      sockets.handleUpgrade(req, socket, head, (opened) => receiveOver(opened, verifier, identity))
    })
  })
  return listen(server, port)
}

function addSessionRoutes(
  app: Express,
  { session, requireAuth, getAuth }: ExpressSessionAuth,
  contract: Contract,
): void {
  // Express 4 ignores a rejected promise.
  app.post('/session', (req, res, next) => {
    session
      .readJson(req)
      .then((login) => session.start(res, login as Login))
      .catch(next)
  })
  app.post('/session/refresh', session.refresh)
  app.post('/session/device', session.bind)
  app.delete('/session', session.end)
  app.delete('/session/all', session.endAll)
  app.get('/.well-known/jwks.json', session.jwks)
  app.get('/sessions', requireAuth(), (req, res, next) => {
    listDevices(contract, getAuth(req))
      .then((answer) => send(res, answer))
      .catch(next)
  })
  // Uses no path parameter, because Express would decode it and fail if it cannot.
  app.delete(/^\/sessions\/[^/]+$/, requireAuth(), (req, res, next) => {
    endDevice(contract, getAuth(req), req.path.slice('/sessions/'.length))
      .then((answer) => send(res, answer))
      .catch(next)
  })
  if (!contract.hasForms) return
  app.post('/form/log-in', (req, res, next) => {
    readText(req)
      .then(readForm)
      .then(({ login, redirect }) => session.start(res, login, { redirect }))
      .catch(next)
  })
  app.post('/form/log-out', (req, res, next) => {
    readText(req)
      .then(readForm)
      .then(({ redirect }) => session.end(req, res, { redirect }))
      .catch(next)
  })
}

/** Sends through Node's response, because Express's own `send` adds a charset and an ETag. */
export function send(res: Response, { status, headers, body }: Answer): void {
  res.writeHead(status, headers).end(body)
}
