import { request } from 'node:http'
import { createTestIssuer } from '@latchkey/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ContractServer, frameworks, startServer } from '../conformance/harness/contract-server.js'
import { needs } from '../servers/needs.js'
import { type Backend, backends } from './harness/backend.js'
import { spread } from './harness/process.js'

// One proof, four processes, one store: whatever happens, it is good once (RFC 9449 §11.1).

const patience = 120_000
const origin = 'https://api.example'
const issuer = createTestIssuer({ url: 'https://id.example', audience: origin })
const client = issuer.dpop()
const token = client.token()

interface Answer {
  readonly outcome: string
  readonly milliseconds: number
}

/** The fields of a request with a new proof. */
function newProof(): Record<string, string> {
  return client.headers({ url: `${origin}/me`, token })
}

/** Over a connection of its own: one that was idle for long is closed by the server just as a request goes out on it. */
function ask({ port }: ContractServer, headers: Record<string, string>): Promise<Answer> {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: '/me', headers, agent: false }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      response.on('end', () => {
        const { code } = JSON.parse(body) as { code?: string }
        resolve({ outcome: code ?? `${response.statusCode}`, milliseconds: performance.now() - began })
      })
    })
    sent.on('error', reject).end()
  })
}

function count(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { outcome } of answers) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

describe.each(backends)('proofs of four processes on $name', ({ name, missing, start }) => {
  describe('are good once', needs(missing), () => {
    let backend: Backend
    let servers: readonly ContractServer[] = []
    beforeAll(async () => {
      backend = await start()
      const configuration = {
        issuers: [{ issuer: issuer.url, audience: issuer.audience, jwks: issuer.jwks() }],
        dpop: { replay: backend.url(), publicOrigin: origin },
      }
      // All at once, on a database that is empty.
      servers = await Promise.all(
        Array.from({ length: 4 }, (_, n) => startServer(frameworks[n % frameworks.length] ?? 'fastify', configuration)),
      )
    }, patience)
    afterAll(async () => {
      await Promise.all(servers.map((server) => server.stop()))
      await backend?.stop()
    }, patience)

    const askAll = (headers: Record<string, string>) => Promise.all(servers.map((server) => ask(server, headers)))

    test('one proof sent 1,000 times at once', { timeout: patience }, async () => {
      await Promise.all(servers.map((server) => ask(server, newProof())))
      const headers = newProof()
      const answers = (await Promise.all(Array.from({ length: 250 }, () => askAll(headers)))).flat()
      const { 200: accepted, proof_rejected: refused = 0, store_unavailable: unsure = 0, ...others } = count(answers)
      const times = spread(answers.map(({ milliseconds }) => milliseconds))
      console.log(`${name}: one proof, 1,000 at once: ${refused} refused, ${unsure} in doubt; ${times}`)
      expect(accepted).toBe(1)
      // On a busy machine the store takes over a second for some of them; what is in doubt is refused too.
      expect([refused + unsure, others]).toEqual([999, {}])
      expect(count(await askAll(headers))).toEqual({ proof_rejected: 4 })
    })

    test('50 proofs, each sent to four processes at once', { timeout: patience }, async () => {
      for (let time = 0; time < 50; time++) {
        expect(count(await askAll(newProof()))).toEqual({ 200: 1, proof_rejected: 3 })
      }
    })

    test.each(['frozen', 'killed'] as const)(
      'while the store is %s nobody is let in',
      { timeout: patience },
      async (how) => {
        const [before, during] = [newProof(), newProof()]
        expect(count(await askAll(before))).toEqual({ 200: 1, proof_rejected: 3 })
        await (how === 'frozen' ? backend.freeze() : backend.kill())
        const answers = (await Promise.all([askAll(before), askAll(during)])).flat()
        expect(count(answers)).toEqual({ store_unavailable: 8 })
        expect(Math.max(...answers.map(({ milliseconds }) => milliseconds))).toBeLessThan(2500)
        await (how === 'frozen' ? backend.thaw() : backend.restart())
        for (const server of servers) {
          await expect.poll(async () => (await ask(server, newProof())).outcome, { timeout: 20_000 }).toBe('200')
        }
        expect(count(await askAll(before))).toEqual({ proof_rejected: 4 })
        // Its first try may have reached the store, which answered nobody; then it was its only one.
        const again = count(await askAll(during))
        expect(again['200'] ?? 0).toBeLessThanOrEqual(1)
        expect((again['200'] ?? 0) + (again['proof_rejected'] ?? 0)).toBe(4)
      },
    )

    test('a store that was emptied knows nothing of what was used: once more, and once only', async () => {
      const headers = newProof()
      expect(count(await askAll(headers))).toEqual({ 200: 1, proof_rejected: 3 })
      await backend.empty()
      expect(count(await askAll(headers))).toEqual({ 200: 1, proof_rejected: 3 })
    })
  })
})
