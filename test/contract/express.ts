import type { Server } from 'node:http'
import { expressAuth } from '@latchkey/express'
import express, { type NextFunction, type Request, type Response } from 'express'
import { type Answer, events, failed, me, moveClock, notFound, optional, publicAnswer, readText } from './answers.js'
import type { Contract } from './config.js'

/** The contract server on Express, listening. */
export async function serveExpress(contract: Contract, port: number): Promise<Server> {
  const app = express()
  app.disable('x-powered-by')
  // Paths mean what they say, as in the other two frameworks.
  app.enable('strict routing').enable('case sensitive routing')

  const { requireAuth, optionalAuth, getAuth, getOptionalAuth } = expressAuth({ verifier: contract.verifier })
  app.get('/public', (_req, res) => send(res, publicAnswer))
  app.all('/me', requireAuth(), (req, res) => send(res, me(getAuth(req))))
  app.get('/optional', optionalAuth(), (req, res) => send(res, optional(getOptionalAuth(req))))
  app.get('/read', requireAuth({ scope: 'read' }), (req, res) => send(res, me(getAuth(req))))
  app.get('/admin', requireAuth({ scope: ['read', 'admin'] }), (req, res) => send(res, me(getAuth(req))))
  // The session routes come here.
  app.get('/events', (_req, res) => send(res, events(contract)))
  app.post('/clock', async (req, res) => send(res, moveClock(contract, await readText(req))))

  app.use((_req, res) => send(res, notFound))
  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    console.error(error)
    send(res, failed)
  })
  return new Promise((resolve, reject) => {
    const server = app.listen(port, '127.0.0.1', (error) => (error === undefined ? resolve(server) : reject(error)))
  })
}

/** Through Node's response: Express's own `send` adds a charset and an ETag. */
function send(res: Response, { status, headers, body }: Answer): void {
  res.writeHead(status, headers).end(body)
}
