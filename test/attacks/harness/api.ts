import { request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CoreEvent, createVerifier, type Verifier, type VerifierOptions } from '@latchkey/core'
import { afterAll, beforeAll, expect } from 'vitest'
import { close } from '../../servers/listen.js'
import { frameworks, type Seen } from './apps.js'

/** A request as an attacker would write it; header fields in order, also one name twice. */
interface AttackRequest {
  readonly path?: '/me' | '/sub' | '/poison' | '/optional' | '/admin'
  readonly method?: string
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly body?: string
}

/** How a request ended, in all frameworks alike. */
interface Outcome {
  /** `accepted`, or the code of the denial. */
  readonly code: string
  /** The finer word that operators were told; absent where the request was accepted. */
  readonly reason?: string
  /** What the handler saw; absent where the request was refused. */
  readonly seen?: Partial<Seen>
}

/** The API under attack: a real server per framework over one verifier. */
export interface Api {
  readonly verifier: Verifier
  readonly events: CoreEvent[]
  /** Sends the request to each of the servers and makes sure that they answer alike and that none fails. */
  send(request: AttackRequest): Promise<Outcome>
  /** Sends a token as a Bearer credential to `/me`. */
  bearer(token: string): Promise<Outcome>
  /** Sends a token in the cookie `access` to `/me`. */
  cookie(token: string): Promise<Outcome>
}

/** Starts the servers before the tests of a file, or of a `describe`, and stops them after. */
export function useApi<Claims extends object>(options: VerifierOptions<Claims>): Api {
  const events: CoreEvent[] = []
  const verifier = createVerifier({ tokenFrom: ['header', { cookie: 'access' }], ...options, onEvent: note })
  let servers: (readonly [name: string, server: Server])[] = []

  function note(event: CoreEvent): void {
    events.push(event)
  }

  beforeAll(async () => {
    const starting = Object.entries(frameworks).map(
      async ([name, start]) => [name, await start(verifier as unknown as Verifier)] as const,
    )
    servers = await Promise.all(starting)
  })

  afterAll(async () => {
    for (const [, server] of servers) await close(server)
  })

  const api: Api = {
    verifier: verifier as unknown as Verifier,
    events,
    send: async (request) => {
      const outcomes: Record<string, Outcome> = {}
      for (const [name, server] of servers) {
        const before = events.length
        const answer = await exchange(server, request)
        const denied = events.slice(before).find((event) => event.type === 'denied')
        outcomes[name] = outcomeOf(answer, denied?.reason)
      }
      const [first, ...others] = Object.values(outcomes)
      if (first === undefined) throw new Error('No server is running.')
      for (const other of others) expect(other, JSON.stringify(outcomes)).toEqual(first)
      return first
    },
    bearer: (token) => api.send({ headers: [['Authorization', `Bearer ${token}`]] }),
    cookie: (token) => api.send({ headers: [['Cookie', `access=${token}`]] }),
  }
  return api
}

interface Answer {
  readonly status: number
  readonly type: string | undefined
  readonly body: string
}

function exchange(server: Server, request: AttackRequest): Promise<Answer> {
  const { port } = server.address() as AddressInfo
  const { path = '/me', method = 'GET', headers = [], body } = request
  const fields = [['Host', `127.0.0.1:${port}`], ...headers]
  // A host that the attacker names takes the place of the real one.
  const named = headers.some(([name]) => name.toLowerCase() === 'host') ? headers : fields
  const length = body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))]
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port, path, method, headers: [...named.flat(), ...length] })
    outgoing.once('error', reject)
    outgoing.once('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'], body: text })
      })
    })
    outgoing.end(body)
  })
}

function outcomeOf({ status, type, body }: Answer, reason: string | undefined): Outcome {
  if (status === 200) return { code: 'accepted', seen: JSON.parse(body) as Partial<Seen> }
  // Anything but a denial of ours would be a failure of the server, and nothing that a client sends may cause one.
  expect(type, `${status} ${body}`).toBe('application/problem+json')
  const { code } = JSON.parse(body) as { code: string }
  if (reason === undefined) throw new Error(`${code} was answered and nobody was told.`)
  return { code, reason }
}
