import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { FetchBudget, StepFailure } from './fetch-budget.js'
import { codeOf } from './fetch-failure.js'
import { getWithFetch } from './get-with-fetch.js'
import { platformFetch } from './platform-fetch.node.js'

const get = getWithFetch(platformFetch)

const open: { server: Server; sockets: Set<Socket> }[] = []

afterEach(() => {
  for (const { server, sockets } of open.splice(0)) {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
})

async function listen(server: Server, sockets: Set<Socket> = new Set()): Promise<number> {
  open.push({ server, sockets })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** Asks a server that answers each connection with these bytes, and then ends it or leaves it open. */
async function ask(answer: string | Buffer | ((socket: Socket) => void), { end = true, timeout = 3 } = {}) {
  const requests: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', (data) => {
      requests.push(data.toString('latin1'))
      if (typeof answer === 'function') return answer(socket)
      socket.write(answer)
      if (end) socket.end()
    })
  })
  const port = await listen(server, sockets)
  const reply = await get(`http://127.0.0.1:${port}/jwks?a=1`, new FetchBudget(timeout))
  return { reply, requests, sockets }
}

function http(body: string | Buffer, fields: readonly string[] = [], status = '200 OK'): Buffer {
  const bytes = Buffer.from(body)
  const head = [`HTTP/1.1 ${status}`, ...fields, `content-length: ${bytes.length}`, '', ''].join('\r\n')
  return Buffer.concat([Buffer.from(head), bytes])
}

const text = (reply: unknown) =>
  typeof reply === 'object' && reply !== null && 'body' in reply && reply.body instanceof Uint8Array
    ? new TextDecoder().decode(reply.body)
    : reply

describe('an answer', () => {
  test('is asked for without a coding and without keeping the connection', async () => {
    const { reply, requests } = await ask(
      http('{}', ['Cache-Control: max-age=60', 'Cache-Control: no-cache', 'Age: 7']),
    )
    expect(text(reply)).toBe('{}')
    expect('fields' in reply && reply.fields.get('cache-control')).toBe('max-age=60, no-cache')
    expect('fields' in reply && reply.fields.get('age')).toBe('7')
    expect('fields' in reply && reply.fields.get('retry-after')).toBeNull()
    const [request = ''] = requests
    expect(request).toMatch(/^GET \/jwks\?a=1 HTTP\/1\.1\r\n/)
    expect(request.toLowerCase()).toContain('accept-encoding: identity\r\n')
    expect(request.toLowerCase()).toContain('connection: close\r\n')
  })

  test.each([
    ['gzip', gzipSync],
    ['X-GZIP', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['identity', Buffer.from],
  ] as const)('that comes in %s all the same is read', async (coding, encode) => {
    const { reply } = await ask(http(Buffer.from(encode(Buffer.from('{"keys":[]}'))), [`content-encoding: ${coding}`]))
    expect(text(reply)).toBe('{"keys":[]}')
  })

  test.each([
    ['several codings', http(gzipSync(gzipSync('{}')), ['content-encoding: gzip, gzip'])],
    ['six of them', http('x', ['content-encoding: gzip, gzip, gzip, gzip, gzip, gzip'])],
    ['one that is unknown', http('{}', ['content-encoding: zstd'])],
    ['one that is not what it says', http('{}', ['content-encoding: gzip'])],
    ['one that breaks off', http(gzipSync('{}').subarray(0, 12), ['content-encoding: gzip'])],
  ])('in %s is refused', async (_name, answer) => {
    expect((await ask(answer)).reply).toMatchObject({ refused: 'content_coding' })
  })

  test('that is small only as long as it is compressed is too large', async () => {
    const bomb = gzipSync(Buffer.alloc(1_000_000))
    expect((await ask(http(bomb, ['content-encoding: gzip']))).reply).toMatchObject({ refused: 'too_large' })
    const fits = gzipSync(Buffer.alloc(65_536, ' '))
    expect(text((await ask(http(fits, ['content-encoding: gzip']))).reply)).toHaveLength(65_536)
  })

  test.each(['301 Moved', '302 Found', '308 Permanent', '304 Not Modified'])(
    'of %s is not followed',
    async (status) => {
      const { reply, requests } = await ask(http('', ['location: /elsewhere'], status))
      expect(reply).toMatchObject({ refused: 'redirect', status: expect.any(Number) })
      expect(requests).toHaveLength(1)
    },
  )

  test('of another status is refused with its Retry-After', async () => {
    expect((await ask(http('no', ['retry-after: 9'], '503 Down'))).reply).toMatchObject({
      refused: 'status',
      status: 503,
      retryAfter: '9',
    })
  })

  test('that is too large is let go of', async () => {
    const endless = (socket: Socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      const more = () => {
        while (!socket.destroyed && socket.write(Buffer.alloc(10_000, ' ')));
      }
      socket.on('drain', more)
      more()
    }
    const { reply, sockets } = await ask(endless)
    expect(reply).toMatchObject({ refused: 'too_large' })
    for (const socket of sockets) if (!socket.destroyed) await new Promise((resolve) => socket.once('close', resolve))
    expect((await ask('HTTP/1.1 200 OK\r\ncontent-length: 65537\r\n\r\n', { end: false })).reply).toMatchObject({
      refused: 'too_large',
    })
  })
})

describe('the connection', () => {
  test.each<[string, string | Buffer]>([
    ['is closed without a word', ''],
    ['is closed within the head', 'HTTP/1.1 200'],
    ['is closed within the body', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{'],
    ['is closed within a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{'],
    ['holds no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['holds a broken chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}'],
    ['has a head without end', `HTTP/1.1 200 OK\r\n${'x-pad: 1\r\n'.repeat(3000)}\r\n`],
    ['is made into something else', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
    [
      'holds six codings and no end',
      'HTTP/1.1 200 OK\r\ncontent-encoding: gzip, gzip, gzip, gzip, gzip, gzip\r\ncontent-length: 10\r\n\r\nx',
    ],
  ])('that %s is a failure', async (_name, answer) => {
    const { reply } = await ask(answer)
    expect(reply).toBeInstanceOf(StepFailure)
    expect(reply).toMatchObject({ timeout: false })
  })

  test.each<[string, string]>([
    ['says nothing', ''],
    ['stops within the body', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{'],
    ['only says that more will come', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
    ['stops within six codings', 'HTTP/1.1 200 OK\r\ncontent-encoding: gzip, gzip, gzip, gzip, gzip, gzip\r\n\r\nx'],
  ])('that %s is ended when the time is up', async (_name, answer) => {
    const { reply, sockets } = await ask(answer, { end: false, timeout: 0.1 })
    expect(reply).toMatchObject({ timeout: true })
    for (const socket of sockets) if (!socket.destroyed) await new Promise((resolve) => socket.once('close', resolve))
  })

  test('that is closed within the body says so', async () => {
    const { reply } = await ask('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{')
    expect(reply instanceof StepFailure && codeOf(reply.error)).toBe('ECONNRESET')
  })

  test('that is refused says so', async () => {
    const port = await listen(createServer())
    for (const { server } of open.splice(0)) await new Promise((resolve) => server.close(resolve))
    const reply = await get(`http://127.0.0.1:${port}/`, new FetchBudget(3))
    expect(reply instanceof StepFailure && codeOf(reply.error)).toBe('ECONNREFUSED')
  })

  test('to where no TLS is spoken is a failure, with its code', async () => {
    const port = await listen(createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 No\r\n\r\n')))
    const reply = await get(`https://127.0.0.1:${port}/`, new FetchBudget(3))
    expect(reply instanceof StepFailure && codeOf(reply.error)).toMatch(/^(ERR_SSL|EPROTO)/)
  })
})

describe('as a fetch', () => {
  const port = async (answer: string) => {
    const requests: string[] = []
    const sockets = new Set<Socket>()
    const server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('data', (data) => {
        requests.push(data.toString('latin1'))
        socket.write(answer)
      })
    })
    return { url: `http://127.0.0.1:${await listen(server, sockets)}/token`, requests, sockets }
  }

  test('it posts a form, and keeps that connection for the next', async () => {
    const { url, requests, sockets } = await port('HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\nx-a: 1\r\n\r\n{}')
    const form = { method: 'POST', body: new URLSearchParams({ token: 'a b' }), headers: { Authorization: 'Basic x' } }
    for (const input of [url, new URL(url), new Request(url)]) {
      const response = await platformFetch(input, form)
      expect([response.status, response.headers.get('x-a'), await response.json()]).toEqual([400, '1', {}])
    }
    expect(requests).toHaveLength(3)
    expect(sockets.size).toBe(1)
    const [head = '', body] = requests[0]?.split('\r\n\r\n') ?? []
    expect(body).toBe('token=a+b')
    expect(head.toLowerCase().split('\r\n')).toEqual(
      expect.arrayContaining([
        'post /token http/1.1',
        'authorization: basic x',
        'content-type: application/x-www-form-urlencoded;charset=utf-8',
        'content-length: 9',
      ]),
    )
  })

  test.each(['204 No Content', '205 Reset Content', '304 Not Modified'])(
    'an answer of %s has no body',
    async (status) => {
      const { url } = await port(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`)
      const response = await platformFetch(url)
      expect([response.status, response.body]).toEqual([Number(status.slice(0, 3)), null])
    },
  )

  test('what happens to the connection is a TypeError, and what the signal says is said', async () => {
    const silent = await port('')
    await expect(platformFetch('http://127.0.0.1:1/')).rejects.toThrow(TypeError)
    await expect(platformFetch('http://user:password@127.0.0.1:1/')).rejects.toThrow(TypeError)
    const reason = new Error('no longer wanted')
    await expect(platformFetch(silent.url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const stopping = await port('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{')
    for (const asked of ['init', 'request']) {
      const controller = new AbortController()
      const { signal } = controller
      const input = asked === 'init' ? stopping.url : new Request(stopping.url, { signal })
      const response = await platformFetch(input, asked === 'init' ? { signal } : {})
      controller.abort(reason)
      await expect(response.text()).rejects.toBe(reason)
    }
  })

  test('a body that cannot be taken is a TypeError, and says why', async () => {
    const { url } = await port('HTTP/1.1 200 OK\r\ncontent-encoding: zstd\r\ncontent-length: 2\r\n\r\n{}')
    const response = await platformFetch(url)
    await expect(response.text()).rejects.toThrow(TypeError)
    await expect((await platformFetch(url)).text()).rejects.toMatchObject({ refused: 'content_coding' })
  })
})
