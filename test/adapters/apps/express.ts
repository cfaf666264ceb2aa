import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { expressAuth, type OnDeny } from '@latchkey/express'
import type { Sessions } from '@latchkey/session'
import type { AdapterApp, Refusals, ServeAdapter } from '@latchkey/testing/adapter-contract'
import express, { type NextFunction, type Request, type Response } from 'express'
import express4 from 'express4'
import { close, listen } from '../../servers/listen.js'

async function serve(make: typeof express, sessions: Sessions, { realm, onDeny }: Refusals = {}): Promise<AdapterApp> {
  const answer: OnDeny = (error, _req, res) => res.status(418).send(onDeny?.(error))
  const options = { ...(realm && { realm }), ...(onDeny && { onDeny: answer }) }
  const { requireAuth, optionalAuth, getAuth, session } = expressAuth({ sessions, ...options })
  const app = make()
  app.use((_req, res, next) => {
    res.set({ 'cache-control': 'public, max-age=60', 'cdn-cache-control': 'max-age=60' })
    next()
  })
  app.use(optionalAuth({ refresh: true }))
  app.post('/login', (req, res, next) => void session.start(res, { sub: String(req.query['sub']) }).catch(next))
  app.post('/session/refresh', session.refresh)
  app.delete('/session', session.end)
  app.delete('/session/all', session.endAll)
  app.use('/mounted', session.routes)
  app.get('/me', requireAuth(), (req, res) => void res.send(getAuth(req).claims.sub))
  app.get('/page', requireAuth({ refresh: true }), (req, res) => void res.send(getAuth(req).claims.sub))
  app.get('/public', (_req, res) => {
    res.set({ 'cache-control': 'public', 'cdn-cache-control': 'max-age=60', 'surrogate-control': 'a' }).send('public')
  })
  app.get('/stream', (_req, res) => {
    Readable.from(['one', 'two']).pipe(res.set('cache-control', 'public'))
  })
  app.get('/redirect', (_req, res) => res.redirect('/me'))
  app.get('/throws', () => {
    throw new Error('thrown')
  })
  app.get('/own-cookies', (_req, res) => {
    res.clearCookie('__Host-access', { path: '/', secure: true }).cookie('theme', 'dark').send('own')
  })
  app.get('/raw-cookies', (_req, res) => {
    // In the place of all that was set before.
    res.setHeader('set-cookie', '__Host-refresh=own; Path=/; Secure')
    res.send('raw')
  })
  app.use((_error: unknown, _req: Request, res: Response, _next: NextFunction) => void res.status(500).send('failed'))
  const server = createServer(app)
  return { url: `http://127.0.0.1:${await listen(server)}`, close: () => close(server) }
}

/** The app of the adapter contract, on Express 5. */
export const serveExpress: ServeAdapter = (sessions, refusals) => serve(express, sessions, refusals)

/** The same on Express 4. */
export const serveExpress4: ServeAdapter = (sessions, refusals) => serve(express4, sessions, refusals)
