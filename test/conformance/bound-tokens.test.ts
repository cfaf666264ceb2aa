import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BoundCase, boundTokens } from './cases/bound-tokens.js'
import { Bound, boundPlans, client, described } from './harness/bound.js'
import { type ContractServer, frameworks, startServer } from './harness/contract-server.js'
import { fieldOf, type RawResponse, sendOnce } from './harness/raw-http.js'

const names = Object.keys(boundPlans) as (keyof typeof boundPlans)[]
const fleets = new Map<string, Promise<readonly ContractServer[]>>()

beforeAll(() => {
  let before: Promise<unknown> = Promise.resolve()
  for (const name of names) {
    const fleet = before.then(() =>
      Promise.all(frameworks.map((framework) => startServer(framework, boundPlans[name]))),
    )
    fleets.set(name, fleet)
    // A start that fails is the failure of the cases that wait for it.
    before = fleet.catch(() => {})
  }
})

afterAll(async () => {
  for (const fleet of await Promise.allSettled(fleets.values())) {
    if (fleet.status === 'fulfilled') await Promise.all(fleet.value.map((server) => server.stop()))
  }
}, 60_000)

async function serversOf(name: keyof typeof boundPlans): Promise<readonly ContractServer[]> {
  const servers = (await fleets.get(name)) ?? []
  // A loop over no server would find everything in order.
  expect(servers).toHaveLength(frameworks.length)
  return servers
}

/** What a client sees, but for what is another server's each time. */
async function ask(each: BoundCase, server: ContractServer): Promise<unknown> {
  const make = new Bound(server.port, each.path)
  const sent = [['Host', `127.0.0.1:${server.port}`] as const, ...each.fields(make)]
  const fields = each.method === 'POST' ? [...sent, ['Content-Length', '0'] as const] : sent
  const response = await sendOnce(server.port, { method: each.method, target: each.path, fields })
  return seen(response)
}

function seen(response: RawResponse): {
  status: number
  outcome: string
  challenge: string | undefined
  nonce: boolean
} {
  const { code, sub } = JSON.parse(response.body) as { code?: string; sub?: string | null }
  const outcome = code ?? (sub === null ? 'anonymous' : 'accepted')
  const challenge = fieldOf(response, 'www-authenticate')
  return { status: response.status, outcome, challenge, nonce: fieldOf(response, 'dpop-nonce') !== undefined }
}

describe('bound tokens, in every framework', () => {
  test.each(boundTokens)('$name', { timeout: 60_000 }, async (each) => {
    const servers = await serversOf(each.server)
    if (each.expect === 'store_unavailable') await Promise.all(servers.map((server) => ask(each, server)))
    const answers = await Promise.all(servers.map((server) => ask(each, server)))
    for (const answer of answers) {
      expect(answer).toMatchObject({ outcome: each.expect, nonce: each.expect === 'nonce_required' })
      if (each.challenge !== undefined) expect(answer).toMatchObject({ challenge: each.challenge })
      expect(answer).toEqual(answers[0])
    }
  })

  test('there are at least 150 cases, each named once', () => {
    const all = boundTokens.map(({ name, server }) => `${name} ${server}`)
    expect(all.length).toBeGreaterThanOrEqual(150)
    expect(all.filter((name, i) => all.indexOf(name) !== i)).toEqual([])
    console.log(`Bound tokens: ${all.length} cases × ${frameworks.length} frameworks`)
  })

  test.each<[keyof typeof boundPlans, object]>([
    ['described', { bearer_methods_supported: ['header'] }],
    [
      'describedDpop',
      {
        bearer_methods_supported: ['header'],
        dpop_signing_alg_values_supported: ['ES256'],
        dpop_bound_access_tokens_required: false,
      },
    ],
  ])('the metadata of %s are where the challenge says', async (name, methods) => {
    for (const server of await serversOf(name)) {
      const target = '/.well-known/oauth-protected-resource/v1'
      const response = await sendOnce(server.port, { method: 'GET', target, fields: [['Host', 'x']] })
      expect(response.status).toBe(200)
      expect(fieldOf(response, 'content-type')).toBe('application/json')
      expect(fieldOf(response, 'cache-control')).toBe('public, max-age=3600')
      expect(fieldOf(response, 'access-control-allow-origin')).toBe('*')
      expect(JSON.parse(response.body)).toEqual({
        resource: described.resource,
        authorization_servers: described.authorizationServers,
        scopes_supported: described.scopes,
        ...methods,
      })
    }
  })

  test('a nonce of the step before is good, and the next one goes with whatever is answered', async () => {
    for (const server of await serversOf('steps')) {
      const send = (path: string, nonce?: string) => {
        const make = new Bound(server.port, path)
        // The server's clock stands still, and may have done so for a while.
        const iat = make.now - 300
        const token = make.token({ iat })
        const claims = nonce === undefined ? { iat } : { iat, nonce }
        const fields = [['Host', `127.0.0.1:${server.port}`] as const, ...make.fields(token, make.proof(token, claims))]
        return sendOnce(server.port, { method: 'GET', target: path, fields })
      }
      const before = fieldOf(await send('/me'), 'dpop-nonce')
      const body = '{"advance":60}'
      const fields = [['Host', 'x'] as const, ['Content-Length', String(body.length)] as const]
      await sendOnce(server.port, { method: 'POST', target: '/clock', fields, body })
      const now = fieldOf(await send('/me'), 'dpop-nonce')
      expect(now, server.framework).not.toBe(before)
      for (const [path, status] of [
        ['/me', 200],
        ['/optional', 200],
        ['/read', 403],
      ] as const) {
        const response = await send(path, before)
        expect([response.status, fieldOf(response, 'dpop-nonce')], `${path} of ${server.framework}`).toEqual([
          status,
          now,
        ])
        expect(fieldOf(await send(path, now), 'dpop-nonce')).toBeUndefined()
      }
    }
  })

  test('the metadata are at one path alone, whatever characters it has', async () => {
    const path = '/.well-known/oauth-protected-resource/v1:beta/*/(x)'
    for (const server of await serversOf('oddlyNamed')) {
      const ask = (method: string, target: string) =>
        sendOnce(server.port, { method, target, fields: [['Host', 'x']] }).then(({ status }) => status)
      expect(await ask('GET', path)).toBe(200)
      expect(await ask('GET', `${path}?x`)).toBe(200)
      expect(await ask('HEAD', path)).toBe(200)
      expect(await ask('DELETE', path)).toBe(404)
      for (const other of ['/v1', '/v1:beta', '/v1-beta/a/x', '/v1:beta/a/(x)', '/v1:beta/*/(x)/']) {
        expect(await ask('GET', `/.well-known/oauth-protected-resource${other}`)).toBe(404)
      }
    }
  })

  test('a proof is good once, and a nonce is asked for once', async () => {
    for (const server of await serversOf('nonce')) {
      const make = new Bound(server.port, '/me')
      const token = make.token()
      const send = (proof: string) =>
        sendOnce(server.port, { method: 'GET', target: '/me', fields: [['Host', 'x'], ...make.fields(token, proof)] })
      const htu = 'http://x/me'
      const refused = await send(make.proof(token, { htu }, {}, client))
      const nonce = fieldOf(refused, 'dpop-nonce')
      expect(seen(refused)).toMatchObject({ outcome: 'nonce_required', nonce: true })
      const proof = make.proof(token, { htu, nonce })
      expect(seen(await send(proof))).toMatchObject({ outcome: 'accepted' })
      expect(seen(await send(proof))).toMatchObject({ outcome: 'proof_rejected' })
      expect(seen(await send(make.proof(token, { htu, nonce })))).toMatchObject({ outcome: 'accepted' })
    }
  })
})
