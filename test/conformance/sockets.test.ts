import { describe, expect, test } from 'vitest'
import { frameworks } from './harness/contract-server.js'
import { runtime } from './harness/explained.js'
import type { IssuerServer } from './harness/issuer-server.js'
import { audience, type Members } from './harness/mint.js'
import { fieldOf, sendOnce } from './harness/raw-http.js'
import { SocketClient } from './harness/socket-client.js'
import { useFleet } from './harness/use-fleet.js'

const tokenFrom = ['header', { cookie: '__Host-access' }]
const plan = {
  manual: true,
  tolerance: 10,
  configure: (issuers: IssuerServer) => ({
    issuers: ['main', 'other'].map((name) => ({ issuer: issuers.realm(name).url, audience })),
    tokenFrom,
    clock: 'manual',
  }),
} as const

const used = useFleet(plan)

const tokenOf = (claims: Members = {}, issuer?: string) => used.fleet.mint(issuer).jwt({ claims })
const renewal = (token: unknown) => JSON.stringify({ renew: token })

/** A socket of each framework, greeted. */
async function openAll(token = tokenOf(), headers?: Record<string, string>): Promise<readonly SocketClient[]> {
  const sent = headers ?? { authorization: `Bearer ${token}` }
  const clients = await Promise.all(used.fleet.servers.map(({ port }) => SocketClient.open(port, sent)))
  for (const client of clients) expect(JSON.parse(await client.next())).toHaveProperty('sub')
  return clients
}

async function echo(clients: readonly SocketClient[], text: string): Promise<void> {
  for (const client of clients) client.send(text)
  expect(await Promise.all(clients.map((client) => client.next()))).toEqual(clients.map(() => text))
}

/** The code that each was closed with, by now or within a second. */
async function closings(clients: readonly SocketClient[]): Promise<readonly (number | string)[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('still open'), 1500)
  })
  const codes = await Promise.all(clients.map(({ closed }) => Promise.race([closed, late])))
  clearTimeout(timer)
  return codes
}

const all = (code: number) => frameworks.map(() => code)
const closeAll = (clients: readonly SocketClient[]) => {
  for (const client of clients) client.close()
}

describe(`sockets on ${frameworks.join(', ')}`, () => {
  test('the server says who it is, and echoes texts that ask for nothing', async () => {
    const clients = await Promise.all(
      used.fleet.servers.map(({ port }) => SocketClient.open(port, { authorization: `Bearer ${tokenOf()}` })),
    )
    for (const client of clients) expect(await client.next()).toBe('{"sub":"subject-7c1d9e"}')
    const texts = ['hello', '', '{', 'null', '[1]', '{"renew":1}', '["renew"]', '{"sub":"x"}', '"renew"']
    for (const text of texts) await echo(clients, text)
    closeAll(clients)
  })

  test('a cookie from the own origin opens one; a token without a subject is nobody by name', async () => {
    const headers = { cookie: `__Host-access=${tokenOf({ sub: undefined })}`, 'sec-fetch-site': 'same-origin' }
    closeAll(await openAll('', headers))
    const clients = await Promise.all(used.fleet.servers.map(({ port }) => SocketClient.open(port, headers)))
    for (const client of clients) expect(await client.next()).toBe('{"sub":null}')
    closeAll(clients)
  })

  test('closes with 4401 when exp has passed, and not before', async () => {
    const clients = await openAll(tokenOf({ exp: used.fleet.mint().now + 100 }))
    await used.fleet.advance(99)
    await echo(clients, 'still here')
    await used.fleet.advance(1)
    expect(await closings(clients)).toEqual(all(4401))
  })

  test('each ends with its own identity, whoever else has come and gone', async () => {
    const end = used.fleet.mint().now + 100
    const first = await openAll(tokenOf({ exp: end }))
    const second = await openAll(tokenOf({ exp: end }))
    const third = await openAll(tokenOf({ exp: end + 100 }))
    closeAll(first)
    await Promise.all(first.map(({ closed }) => closed))
    await used.fleet.advance(100)
    expect(await closings(second)).toEqual(all(4401))
    await echo(third, 'still here')
    await used.fleet.advance(100)
    expect(await closings(third)).toEqual(all(4401))
  })

  test('a renewal counts from now on: a later end, then an earlier one', async () => {
    const clients = await openAll(tokenOf({ exp: used.fleet.mint().now + 100 }))
    for (const client of clients) client.send(renewal(tokenOf({ exp: used.fleet.mint().now + 300 })))
    await echo(clients, 'renewed')
    await used.fleet.advance(200)
    await echo(clients, 'past the first end')
    for (const client of clients) client.send(renewal(tokenOf({ exp: used.fleet.mint().now + 20 })))
    await echo(clients, 'shortened')
    await used.fleet.advance(20)
    expect(await closings(clients)).toEqual(all(4401))
  })

  test.each([
    ['of another subject', () => tokenOf({ sub: 'somebody-else' })],
    ['of another issuer, the subject alike', () => tokenOf({}, used.issuers.realm('other').url)],
    ['bound to a key', () => tokenOf({ cnf: { jkt: 'x'.repeat(43) } })],
    ['that has expired, if within the tolerance', () => tokenOf({ exp: used.fleet.mint().now - 5 })],
    ['that is none', () => 'x'],
    ['that is empty', () => ''],
  ])('closes with 4401 at once for a renewal by a token %s', async (_what, token) => {
    const clients = await openAll()
    for (const client of clients) client.send(renewal(token()))
    expect(await closings(clients)).toEqual(all(4401))
  })

  test('without an upgrade: the guard first, then 426, which names the protocol', async () => {
    for (const { port } of used.fleet.servers) {
      const ask = (fields: readonly (readonly [string, string])[]) =>
        sendOnce(port, { method: 'GET', target: '/socket', fields: [['Host', `127.0.0.1:${port}`], ...fields] })
      expect((await ask([])).status).toBe(401)
      const bearer = ['Authorization', `Bearer ${tokenOf()}`] as const
      const answers = [await ask([bearer]), await ask([bearer, ['Connection', 'Upgrade'], ['Upgrade', 'h2c']])]
      for (const answer of answers) {
        expect(answer.status).toBe(426)
        // workerd sends no such field of a Worker's.
        if (runtime !== 'workerd') expect(fieldOf(answer, 'upgrade')).toBe('websocket')
      }
    }
  })

  test('what only looks like an upgrade to a socket is answered, and ends no process', async (context) => {
    context.skip(runtime !== 'node', 'what its own parser does with these is for another runtime to say')
    const bearer = ['Authorization', `Bearer ${tokenOf()}`] as const
    const upgrade = ['Upgrade', 'websocket'] as const
    for (const { port } of used.fleet.servers) {
      const ask = (host: string, fields: readonly (readonly [string, string])[], target = '/socket') => {
        const handshake = [upgrade, ['Sec-WebSocket-Version', '13'], ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==']]
        return sendOnce(port, { method: 'GET', target, fields: [['Host', host], ...(handshake as []), ...fields] })
      }
      const host = `127.0.0.1:${port}`
      expect((await ask(host, [bearer])).status).toBe(426)
      expect((await ask(host, [])).status).toBe(401)
      const asking = ['Connection', 'Upgrade'] as const
      for (const target of ['/x/../socket', '/%73ocket', `http://${host}/socket`]) {
        expect((await ask(host, [asking, bearer], target)).status).toBeLessThan(500)
      }
      for (const odd of ['[', 'a b', '']) {
        for (const fields of [[asking, bearer], [asking]]) expect((await ask(odd, fields)).status).toBeLessThan(500)
      }
      const alive = await sendOnce(port, { method: 'GET', target: '/public', fields: [['Host', host]] })
      expect(alive.status).toBe(200)
    }
  })

  test('SIGTERM ends the servers within 2 s with sockets open', async () => {
    const clients = await openAll()
    for (const server of used.fleet.servers) {
      const { code, milliseconds } = await server.stop()
      expect(code).toBe(0)
      expect(milliseconds).toBeLessThan(2000)
    }
    await Promise.all(clients.map(({ closed }) => closed))
  })
})
