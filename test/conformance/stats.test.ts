import type { VerifierStats } from '@latchkey/core'
import { expect, test } from 'vitest'
import type { IssuerServer } from './harness/issuer-server.js'
import { audience } from './harness/mint.js'
import { useFleet } from './harness/use-fleet.js'

const plan = {
  manual: true,
  tolerance: 10,
  configure: (issuers: IssuerServer) => ({
    issuers: [{ issuer: issuers.realm('main').url, audience }],
    clock: 'manual',
    guards: { '/g/throws': { check: 'throws' } },
  }),
} as const

const used = useFleet(plan)

async function statsOf(port: number): Promise<VerifierStats> {
  const answer = await fetch(`http://127.0.0.1:${port}/stats`)
  return (await answer.json()) as VerifierStats
}

test('every framework counts alike, and a check that throws is a failure of the app', async () => {
  const token = used.fleet.mint().jwt({})
  const bearer = { authorization: `Bearer ${token}` }
  for (const { port } of used.fleet.servers) {
    const ask = async (path: string, headers: Record<string, string> = {}) =>
      (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).status
    // The suite itself has asked, to see what time it is there.
    const before = await statsOf(port)
    expect(await ask('/optional')).toBe(200)
    expect(await statsOf(port)).toEqual(before)
    expect(await ask('/me')).toBe(401)
    expect(await ask('/me', { authorization: 'Bearer x' })).toBe(401)
    expect(await ask('/me', bearer)).toBe(200)
    expect(await ask('/me', bearer)).toBe(200)
    // Good, and remembered: the route says no.
    expect(await ask('/read', bearer)).toBe(403)
    expect(await ask('/g/throws', bearer)).toBe(500)
    const { denied, ...counted } = await statsOf(port)
    expect(counted).toEqual({
      allowed: before.allowed + 2,
      remembered: before.remembered + 3,
      firstSeen: before.firstSeen + 1,
      keyFetches: { ok: 1, failed: 0 },
    })
    expect(denied).toEqual({ ...before.denied, token_missing: 1, token_malformed: 1, scope_insufficient: 1 })
  }
})
