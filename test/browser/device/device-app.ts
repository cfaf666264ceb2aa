import type { AddressInfo } from 'node:net'
import type { CoreEvent } from '@latchkey/core'
import { fastifyAuth } from '@latchkey/fastify'
import { createKeyring, createSessions, memoryStore, type SessionEvent, type SessionStore } from '@latchkey/session'
import { type FastifyInstance, fastify } from 'fastify'
import type { Certificates } from './certificates.js'

/** The name under which the browser knows the app. */
export const host = 'app.test'

type Event = CoreEvent | SessionEvent

/** What outlives a restart of the app. */
export interface Kept {
  readonly store: SessionStore
  readonly keyring: Awaited<ReturnType<typeof createKeyring>>
}

/** A small app over https whose sessions are bound to devices. No page of it has a script. */
export class DeviceApp {
  readonly #app: FastifyInstance
  readonly #events: Event[]
  /** Takes the next answer of a refresh away: the browser sees a broken connection. */
  loseNextRefresh = false

  private constructor(app: FastifyInstance, events: Event[]) {
    this.#app = app
    this.#events = events
  }

  static async keep(): Promise<Kept> {
    return { store: memoryStore(), keyring: await createKeyring() }
  }

  /** @param port 0: any free one */
  static async start({ key, cert }: Certificates, { store, keyring }: Kept, port = 0): Promise<DeviceApp> {
    const events: Event[] = []
    const sessions = createSessions({
      issuer: `https://${host}`,
      audience: `https://${host}`,
      keyring,
      store,
      deviceBound: { mode: 'offered', exclude: ['/log-in'] },
      onEvent: (event) => events.push(event),
    })
    const { plugin, requireAuth, getAuth, session } = fastifyAuth({ sessions })
    const app = fastify({ https: { key, cert }, forceCloseConnections: true })
    const running = new DeviceApp(app, events)
    app.addHook('onSend', async (request, reply) => {
      if (!(running.loseNextRefresh && request.url === '/session/refresh' && reply.statusCode === 200)) return
      running.loseNextRefresh = false
      request.raw.socket.destroy()
    })
    await app.register(plugin)
    app.get('/', (_request, reply) => reply.type('text/html').send('<!doctype html><title>App</title><p>Welcome</p>'))
    app.get('/me', { onRequest: requireAuth() }, async (request) => ({ sub: getAuth(request).claims.sub }))
    app.post('/log-in', (_request, reply) => session.start(reply, { sub: 'ann' }))
    app.post('/session/refresh', session.refresh)
    app.post('/session/device', session.bind)
    app.delete('/session', session.end)
    await app.listen({ host: '127.0.0.1', port })
    return running
  }

  get port(): number {
    return (this.#app.server.address() as AddressInfo).port
  }

  get url(): string {
    return `https://${host}:${this.port}`
  }

  /** How often the library has reported that. */
  count(type: Event['type']): number {
    return this.#events.filter((event) => event.type === type).length
  }

  async stop(): Promise<void> {
    await this.#app.close()
  }
}
