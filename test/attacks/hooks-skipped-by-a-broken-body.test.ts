import { fastifyAuth } from '@latchkey/fastify'
import { createKeyring, createSessions } from '@latchkey/session'
import { fastify } from 'fastify'
import { expect, test } from 'vitest'

/**
 * Fastify parses a body after `onRequest` and before `preValidation` and `preHandler`, where rate limits, CSRF tokens and
 * guards may be. Whoever sends a body that no parser takes must not get past them to a verb.
 */
test.each([
  ['a broken body', 'application/json', '{'],
  ['a type that nobody parses', 'application/xml', '<a/>'],
  ['too much', 'application/json', JSON.stringify('x'.repeat(2 ** 21))],
])('%s runs no verb past the hooks of its route', async (_name, type, payload) => {
  const events: string[] = []
  const sessions = createSessions({
    keyring: await createKeyring(),
    issuer: 'https://app.example',
    audience: 'https://app.example',
    onEvent: ({ type }) => void events.push(type),
  })
  const { plugin, requireAuth, session } = fastifyAuth({ sessions })
  const app = fastify()
  await app.register(plugin)
  app.post('/login', (_request, reply) => session.start(reply, { sub: 'ann' }))
  app.post('/refresh', { preValidation: async (_request, reply) => reply.code(429).send() }, session.refresh)
  app.delete('/session', { preHandler: requireAuth({ scope: 'admin' }) }, session.end)
  const login = await app.inject({ method: 'POST', url: '/login' })
  const cookie = [login.headers['set-cookie']]
    .flat()
    .map((field) => String(field).split(';', 1)[0])
    .join('; ')
  for (const [method, url] of [
    ['POST', '/refresh'],
    ['DELETE', '/session'],
  ] as const) {
    const answer = await app.inject({ method, url, payload, headers: { cookie, 'content-type': type } })
    expect([answer.statusCode >= 400, answer.headers['set-cookie']]).toEqual([true, undefined])
  }
  expect(events.filter((type) => type !== 'denied')).toEqual(['session_started'])
  await app.close()
})
