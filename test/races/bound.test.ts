import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ReportedEvent } from '../conformance/harness/check.js'
import { type ContractServer, frameworks, startServer } from '../conformance/harness/contract-server.js'
import { type RawResponse, sendOnce } from '../conformance/harness/raw-http.js'
import { Device } from '../conformance/sessions/harness/device.js'
import { app } from '../conformance/sessions/harness/plans.js'
import { challengeIn, type Tokens, tokensOf } from '../conformance/sessions/harness/tokens.js'
import { needs } from '../servers/needs.js'
import { type Backend, backends } from './harness/backend.js'

const patience = 120_000
const laptop = new Device()

/** One request, with the session's cookie and the device's proof. */
function ask(
  { port }: ContractServer,
  path: string,
  refresh: string | undefined,
  proof?: string,
  body = '',
): Promise<RawResponse> {
  const fields = [
    ['Host', `127.0.0.1:${port}`] as const,
    ['Content-Length', String(body.length)] as const,
    ...(refresh === undefined ? [] : [['Cookie', `__Host-refresh=${refresh}`] as const]),
    ...(proof === undefined ? [] : [['Secure-Session-Response', proof] as const]),
  ]
  return sendOnce(port, { method: 'POST', target: path, fields, body })
}

async function logInBound(at: ContractServer, bindAt: ContractServer): Promise<Tokens> {
  const response = await ask(at, '/session', undefined, undefined, '{"sub":"somebody"}')
  const tokens = tokensOf(response) ?? expect.fail(response.statusLine)
  const bound = await ask(bindAt, '/session/device', tokens.refresh, laptop.register(challengeIn(response)))
  expect(bound).toMatchObject({ status: 200 })
  return tokens
}

/** A refresh as a browser makes it: for a challenge, and with its proof. */
async function refresh(at: ContractServer, token: string, answerAt = at): Promise<RawResponse> {
  return ask(answerAt, '/session/refresh', token, laptop.prove(challengeIn(await ask(at, '/session/refresh', token))))
}

async function eventsOf({ port }: ContractServer): Promise<readonly ReportedEvent[]> {
  return (await (await fetch(`http://127.0.0.1:${port}/events`)).json()) as readonly ReportedEvent[]
}

describe.each(backends)('device-bound sessions of four processes on $name', ({ missing, start }) => {
  describe('at the same time', needs(missing), () => {
    let backend: Backend
    let servers: ContractServer[] = []
    const at = (n: number): ContractServer => servers[n % servers.length] ?? expect.fail('there is no process')
    const configuration = (store: string) => ({ issuers: [], sessions: { ...app, store, deviceBound: 'offered' } })

    beforeAll(async () => {
      backend = await start()
      const names = Array.from({ length: 4 }, (_, n) => frameworks[n % frameworks.length] ?? 'fastify')
      servers = await Promise.all(names.map((name) => startServer(name, configuration(backend.url()))))
    }, patience)
    afterAll(async () => {
      await Promise.all(servers.map((server) => server.stop()))
      await backend?.stop()
    }, patience)

    /** Nobody is suspected of theft who is no thief. */
    async function expectNoAlarm(): Promise<void> {
      const events = (await Promise.all(servers.map(eventsOf))).flat()
      const alarms = ['refresh_reused', 'device_mismatch', 'session_ended']
      expect(events.filter(({ type }) => alarms.includes(type))).toEqual([])
    }

    test('begun, bound, challenged and refreshed, each by another process', { timeout: patience }, async () => {
      let { refresh: token } = await logInBound(at(0), at(1))
      for (let n = 0; n < 8; n++) {
        token = tokensOf(await refresh(at(n), token, at(n + 1)))?.refresh ?? expect.fail('no successor')
      }
      await expectNoAlarm()
    })

    test('200 proven refreshes of one token: one successor, no false alarm', { timeout: patience }, async () => {
      const { refresh: token } = await logInBound(at(0), at(0))
      const challenge = challengeIn(await ask(at(0), '/session/refresh', token))
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, n) => ask(at(n), '/session/refresh', token, laptop.prove(challenge))),
      )
      expect(answers.filter(({ status }) => status !== 200)).toEqual([])
      expect(new Set(answers.map((answer) => tokensOf(answer)?.refresh)).size).toBe(1)
      await expectNoAlarm()
    })

    test('a process killed while it rotates: the token that was presented goes on', { timeout: patience }, async () => {
      const victim = await startServer('fastify', configuration(backend.url()))
      const sessions = await Promise.all(Array.from({ length: 40 }, (_, n) => logInBound(at(n), at(n + 1))))
      const proofs = await Promise.all(
        sessions.map(async (each) => laptop.prove(challengeIn(await ask(victim, '/session/refresh', each.refresh)))),
      )
      const underWay = Promise.allSettled(
        sessions.map((each, n) => ask(victim, '/session/refresh', each.refresh, proofs[n])),
      )
      await new Promise((resolve) => setImmediate(resolve))
      await victim.kill()
      await underWay
      for (const [n, { refresh: token }] of sessions.entries()) {
        const next = tokensOf(await refresh(at(n), token))?.refresh ?? expect.fail('signed out by a killed process')
        expect(await refresh(at(n + 1), next)).toMatchObject({ status: 200 })
      }
      await expectNoAlarm()
    })
  })
})
