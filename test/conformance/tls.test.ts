import { X509Certificate } from 'node:crypto'
import { Agent, request } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { createTestAuthority, createTestIssuer, type TestCertificate } from '@latchkey/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ContractServer, startServer } from './harness/contract-server.js'
import { runtime } from './harness/explained.js'

// Real TLS, real client certificates: who presents the certificate that the token is bound to, verified, gets in (RFC 8705 §3).
// Certificates are asked for and not demanded, so what comes without a good one reaches the guard, which has to refuse.
// Bun shows no certificate, and Deno not whether that of a resumed session was verified: there the guard refuses.

const letIn = runtime === 'bun' ? 'token_rejected' : 'user-1'
const letInAgain = runtime === 'deno' ? 'token_rejected' : letIn
const frameworks = ['fastify', 'express', 'express4', 'hono', 'fetch', 'nest-fastify', 'nest-express']
const issuer = createTestIssuer({ url: 'https://id.example', audience: 'https://api.example' })
const authority = createTestAuthority()
const [client, neighbour, foreign] = [
  authority.issue('ada'),
  authority.issue('bob'),
  createTestAuthority().issue('ada'),
]
const { selfSigned } = createTestAuthority('ada')
const impostor = createTestAuthority(new X509Certificate(authority.ca).subject.slice('CN='.length)).issue('ada')

const configuration = {
  issuers: [{ issuer: issuer.url, audience: issuer.audience, jwks: issuer.jwks() }],
  dpop: {},
  mtls: { from: 'tls' },
  tls: { ...serverPair(authority.issue('localhost')), ca: authority.ca },
}

function serverPair({ cert, key }: TestCertificate): { cert: string; key: string } {
  return { cert, key }
}

function boundTo({ cnf }: TestCertificate): string {
  return issuer.token({ claims: { cnf } })
}

type TlsVersion = 'TLSv1.2' | 'TLSv1.3'

interface Answer {
  readonly outcome: string
  /** The connection's local port: equal for requests on the same connection. */
  readonly port: number | undefined
  readonly isResumed: boolean
}

/** A client with a certificate or none, which keeps its connection and its TLS session as it is told. */
class Client {
  readonly #agent: Agent
  readonly #port: number

  constructor(port: number, certificate?: TestCertificate, version: TlsVersion = 'TLSv1.3', keepAlive = false) {
    this.#port = port
    const own = certificate === undefined ? {} : serverPair(certificate)
    this.#agent = new Agent({ ca: authority.ca, ...own, keepAlive, minVersion: version, maxVersion: version })
  }

  ask(headers: Record<string, string>): Promise<Answer> {
    const options = { host: '127.0.0.1', port: this.#port, path: '/me', agent: this.#agent, headers }
    return new Promise((resolve, reject) => {
      const sent = request(options, (response) => {
        const socket = response.socket as TLSSocket
        const { localPort: port } = socket
        const isResumed = socket.isSessionReused()
        let body = ''
        response.on('data', (chunk: Buffer) => {
          body += chunk.toString()
        })
        response.on('end', () => {
          const { code, sub } = JSON.parse(body) as { code?: string; sub?: string }
          resolve({ outcome: code ?? sub ?? '', port, isResumed })
        })
      })
      sent.on('error', reject).end()
    })
  }

  bearer(token: string): Promise<Answer> {
    return this.ask({ authorization: `Bearer ${token}` })
  }

  close(): void {
    this.#agent.destroy()
  }
}

describe.each(frameworks)('over TLS, on %s', (framework) => {
  let server: ContractServer
  beforeAll(async () => {
    server = await startServer(framework, configuration)
  }, 60_000)
  afterAll(() => server.stop())

  async function outcome(token: string, certificate?: TestCertificate, more = {}): Promise<string> {
    const asking = new Client(server.port, certificate)
    return (await asking.ask({ authorization: `Bearer ${token}`, ...more })).outcome
  }

  test('says so when it is ready', () => {
    expect(server.stdout.trim()).toBe(`listening on https://127.0.0.1:${server.port}`)
  })

  test('the certificate that the token is bound to lets in, and no other does', async () => {
    const token = boundTo(client)
    expect(await outcome(token, client)).toBe(letIn)
    expect(await outcome(token)).toBe('token_rejected')
    expect(await outcome(token, neighbour)).toBe('token_rejected')
    expect(await outcome(token, foreign)).toBe('token_rejected')
    expect(await outcome(token, selfSigned)).toBe('token_rejected')
  })

  test('a certificate that nobody vouches for is none, also where a token is bound to it', async () => {
    expect(await outcome(boundTo(foreign), foreign)).toBe('token_rejected')
    expect(await outcome(boundTo(selfSigned), selfSigned)).toBe('token_rejected')
    expect(await outcome(boundTo(impostor), impostor)).toBe('token_rejected')
  })

  test('a field that claims a certificate is not looked at', async () => {
    expect(await outcome(boundTo(client), undefined, { 'client-cert': client.clientCert })).toBe('token_rejected')
    expect(await outcome(boundTo(client), neighbour, { 'client-cert': client.clientCert })).toBe('token_rejected')
  })

  test('a token that is bound to nothing needs no certificate, and minds none', async () => {
    expect(await outcome(issuer.token())).toBe('user-1')
    expect(await outcome(issuer.token(), client)).toBe('user-1')
  })

  test('on a connection that is kept alive each request is judged on its own', async () => {
    const asking = new Client(server.port, client, 'TLSv1.3', true)
    const answers = [
      await asking.bearer(boundTo(client)),
      await asking.bearer(boundTo(neighbour)),
      await asking.bearer(boundTo(client)),
    ]
    asking.close()
    expect(answers.map((each) => each.outcome)).toEqual([letIn, 'token_rejected', letIn])
    expect(new Set(answers.map(({ port }) => port)).size).toBe(1)
  })

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'a resumed session of %s proves what the first one proved',
    async (version) => {
      for (const [certificate, ...expected] of [
        [client, letIn, letInAgain],
        [foreign, 'token_rejected', 'token_rejected'],
        [undefined, 'token_rejected', 'token_rejected'],
      ] as const) {
        const asking = new Client(server.port, certificate, version)
        const token = boundTo(certificate ?? client)
        const first = await asking.bearer(token)
        const second = await asking.bearer(token)
        asking.close()
        expect([first.isResumed, second.isResumed]).toEqual([false, true])
        expect([first.outcome, second.outcome]).toEqual(expected)
      }
    },
  )

  test('a proof names the https URI', async () => {
    const { headers } = issuer.dpop()
    const asking = new Client(server.port)
    const authority = `127.0.0.1:${server.port}`
    expect(await asking.ask(headers({ url: `https://${authority}/me` }))).toMatchObject({ outcome: 'user-1' })
    expect(await asking.ask(headers({ url: `http://${authority}/me` }))).toMatchObject({ outcome: 'proof_rejected' })
  })
})
