import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { createAdaptorServer } from '@hono/node-server'
import type { RequestView } from '@latchkey/core/adapter'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { describe, expect, test } from 'vitest'
import { HonoRequestView } from './hono-request-view.js'

interface Seen {
  readonly method: string
  readonly url: string
  readonly authorization: string | undefined
  readonly cookie: string | undefined
}

/** What views show of requests that come over a socket, after some middleware; each sends itself twice. */
async function viewsBehind(middleware: MiddlewareHandler, fields: readonly string[]): Promise<readonly Seen[]> {
  const seen: Seen[] = []
  const app = new Hono()
  app.use(middleware)
  app.all('*', (c) => {
    seen.push(show(new HonoRequestView(c)))
    return c.body(null)
  })
  const server = createAdaptorServer({ fetch: app.fetch })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  try {
    // The first may be the one from which it is learned where node-server keeps things.
    for (let times = 0; times < 2; times++) {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
      socket.write(
        ['GET /things?x=1 HTTP/1.1', 'Host: api.example', 'Connection: close', ...fields, '', ''].join('\r\n'),
      )
      await text(socket)
    }
  } finally {
    server.close()
  }
  return seen
}

function show(view: RequestView): Seen {
  const { method } = view
  return { method, url: view.url(), authorization: view.header('authorization'), cookie: view.header('cookie') }
}

const pass: MiddlewareHandler = (_c, next) => next()
const plain = { method: 'GET', url: 'http://api.example/things?x=1', authorization: undefined, cookie: undefined }

describe('HonoRequestView on node-server', () => {
  test('shows method, URL and every field, combined', async () => {
    expect(await viewsBehind(pass, [])).toEqual([plain, plain])
    const fields = ['Authorization: Bearer a', 'Cookie: a=1', 'authorization: Bearer b', 'Cookie: b=2']
    const combined = { ...plain, authorization: 'Bearer a, Bearer b', cookie: 'a=1; b=2' }
    expect(await viewsBehind(pass, fields)).toEqual([combined, combined])
  })

  test('reads no headers of the request where Node has them', async () => {
    let asked = 0
    const watch: MiddlewareHandler = (c, next) => {
      const { raw } = c.req
      const headers = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(raw), 'headers')
      Object.defineProperty(Object.getPrototypeOf(raw), 'headers', {
        ...headers,
        get() {
          asked += 1
          return headers?.get?.call(this)
        },
      })
      return next().finally(() => Object.defineProperty(Object.getPrototypeOf(raw), 'headers', headers ?? {}))
    }
    await viewsBehind(watch, ['Authorization: Bearer a'])
    asked = 0
    await viewsBehind(watch, ['Authorization: Bearer a'])
    expect(asked).toBe(0)
  })

  const replacing: Record<string, (c: Context) => void> = {
    'another request in its place': (c) => {
      c.req.raw = new Request(c.req.raw, { headers: { authorization: 'Bearer other' } })
    },
    'changed headers': (c) => c.req.raw.headers.set('authorization', 'Bearer other'),
    'a property laid over it': (c) => {
      Object.defineProperty(c.req.raw, 'headers', { value: new Headers({ authorization: 'Bearer other' }) })
    },
    'a request that inherits from it': (c) => {
      const headers = { value: new Headers({ authorization: 'Bearer other' }) }
      c.req.raw = Object.create(c.req.raw, { headers }) as Request
    },
  }

  test.each(Object.entries(replacing))('goes by %s', async (_what, replace) => {
    const replaceIt: MiddlewareHandler = (c, next) => {
      replace(c)
      return next()
    }
    const seen = await viewsBehind(replaceIt, ['Authorization: Bearer sent'])
    expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer other', 'Bearer other'])
  })

  test('goes by the method of another request in its place', async () => {
    const override: MiddlewareHandler = (c, next) => {
      c.req.raw = new Request(c.req.raw, { method: 'DELETE' })
      return next()
    }
    const seen = await viewsBehind(override, ['Authorization: Bearer sent'])
    expect(seen.map(({ method, authorization }) => [method, authorization])).toEqual([
      ['DELETE', 'Bearer sent'],
      ['DELETE', 'Bearer sent'],
    ])
  })

  test('takes headers away with the middleware that does', async () => {
    const remove: MiddlewareHandler = (c, next) => {
      c.req.raw.headers.delete('authorization')
      return next()
    }
    const seen = await viewsBehind(remove, ['Authorization: Bearer sent'])
    expect(seen.map(({ authorization }) => authorization)).toEqual([undefined, undefined])
  })
})

test('elsewhere it shows the request as it is, bindings or none', async () => {
  const app = new Hono().all('*', (c) => c.json(show(new HonoRequestView(c))))
  for (const env of [undefined, {}, { incoming: { rawHeaders: ['Authorization', 'Bearer other'], headers: {} } }]) {
    const response = await app.request('https://api.example/', { headers: { authorization: 'Bearer sent' } }, env)
    expect(await response.json()).toEqual({
      method: 'GET',
      url: 'https://api.example/',
      authorization: 'Bearer sent',
    })
  }
})
