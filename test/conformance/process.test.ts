import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { plans } from './harness/configurations.js'
import { frameworks, startServer } from './harness/contract-server.js'
import { IssuerServer } from './harness/issuer-server.js'
import { fieldOf, RawConnection, requestBytes } from './harness/raw-http.js'

/** Starting a server takes its time where many other things run. */
const patient = { timeout: 60_000 }

let issuers: IssuerServer

beforeAll(async () => {
  issuers = await IssuerServer.start()
})

afterAll(() => issuers.stop())

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

describe.each(frameworks)('the %s server as a process', (framework) => {
  test(
    'takes the port it is given, says one ready line, and ends by SIGTERM with a connection open',
    patient,
    async () => {
      const port = await freePort()
      const server = await startServer(framework, plans.header.configure(issuers), port)
      expect(server.port).toBe(port)
      const idle = new RawConnection(port)
      const open = await idle.send({ method: 'GET', target: '/public', fields: [['Host', `127.0.0.1:${port}`]] })
      expect(open.status).toBe(200)
      const ending = await server.stop()
      idle.close()
      expect(ending.code).toBe(0)
      expect(ending.milliseconds).toBeLessThan(2000)
      expect(ending.stdout.match(/^listening on .*$/gm)).toEqual([`listening on http://127.0.0.1:${port}`])
      expect(ending.stderr).toBe('')
    },
  )

  test('moves no clock that is not manual', patient, async () => {
    const server = await startServer(framework, plans.header.configure(issuers))
    const connection = new RawConnection(server.port)
    const body = '{"advance":1000}'
    const response = await connection.sendBytes(
      requestBytes({
        method: 'POST',
        target: '/clock',
        fields: [
          ['Host', `127.0.0.1:${server.port}`],
          ['Content-Type', 'application/json'],
          ['Content-Length', String(body.length)],
        ],
        body,
      }),
    )
    connection.close()
    await server.stop()
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.status).toBeLessThan(500)
    expect(fieldOf(response, 'set-cookie')).toBeUndefined()
  })
})
