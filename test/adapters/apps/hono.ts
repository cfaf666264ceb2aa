import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { honoAuth, type OnDeny } from '@latchkey/hono'
import type { Sessions } from '@latchkey/session'
import type { AdapterApp, Refusals } from '@latchkey/testing/adapter-contract'
import { Hono } from 'hono'
import { deleteCookie, setCookie } from 'hono/cookie'
import { stream } from 'hono/streaming'
import { close, listen } from '../../servers/listen.js'

/** The app of the adapter contract, on Hono. */
export async function serveHono(sessions: Sessions, { realm, onDeny }: Refusals = {}): Promise<AdapterApp> {
  const answer: OnDeny = (error, c) => c.text(onDeny?.(error) ?? '', 418)
  const options = { ...(realm && { realm }), ...(onDeny && { onDeny: answer }) }
  const { requireAuth, optionalAuth, session } = honoAuth({ sessions, ...options })
  const app = new Hono()
  app.use(async (c, next) => {
    c.header('cache-control', 'public, max-age=60')
    c.header('cdn-cache-control', 'max-age=60')
    await next()
  })
  app.use(optionalAuth({ refresh: true }))
  app.post('/login', (c) => session.start(c, { sub: c.req.query('sub') ?? '' }))
  app.post('/session/refresh', session.refresh)
  app.delete('/session', session.end)
  app.delete('/session/all', session.endAll)
  app.route('/mounted', session.routes)
  app.get('/me', requireAuth(), (c) => c.text(c.var.auth.claims.sub ?? ''))
  app.get('/page', requireAuth({ refresh: true }), (c) => c.text(c.var.auth.claims.sub ?? ''))
  // A response of its own, with none of the context's fields.
  app.get('/public', () => {
    const headers = { 'cache-control': 'public', 'cdn-cache-control': 'max-age=60', 'surrogate-control': 'a' }
    return new Response('public', { headers })
  })
  app.get('/stream', (c) => {
    c.header('cache-control', 'public')
    return stream(c, async (body) => {
      await body.write('one')
      await body.write('two')
    })
  })
  app.get('/redirect', (c) => c.redirect('/me'))
  app.get('/throws', () => {
    throw new Error('thrown')
  })
  app.get('/own-cookies', (c) => {
    deleteCookie(c, '__Host-access', { path: '/', secure: true })
    setCookie(c, 'theme', 'dark')
    return c.text('own')
  })
  app.get('/raw-cookies', () => {
    return new Response('raw', { headers: { 'set-cookie': '__Host-refresh=own; Path=/; Secure' } })
  })
  app.onError((_error, c) => c.text('failed', 500))
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  return { url: `http://127.0.0.1:${await listen(server)}`, close: () => close(server) }
}
