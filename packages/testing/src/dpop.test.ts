import { type AuthErrorCode, createDpop, createVerifier, type DenialReason } from '@latchkey/core'
import { createRequirement } from '@latchkey/core/adapter'
import { expect, it } from 'vitest'
import type { BadProofName } from './bad-proofs.js'
import { createEventLog } from './event-log.js'
import { createTestIssuer } from './issuer.js'
import { createManualClock } from './manual-clock.js'

const clock = createManualClock()
const issuer = createTestIssuer({ clock })
const url = 'https://api.test/me?page=2'
const log = createEventLog()
const verifier = createVerifier({
  issuer: issuer.url,
  audience: issuer.audience,
  fetch: issuer.fetch,
  clock,
  dpop: createDpop(),
  onEvent: log.onEvent,
})

interface Outcome {
  readonly code: AuthErrorCode
  readonly reason: DenialReason | undefined
}

async function ask(headers: Readonly<Record<string, string>>, method = 'GET'): Promise<'allowed' | Outcome> {
  const view = { method, header: (name: string) => headers[name], url: () => url }
  const decision = await verifier.authenticate(view, createRequirement(true))
  if ('thrown' in decision) throw decision.thrown
  return decision.allow ? 'allowed' : { code: decision.error.code, reason: decision.error.reason }
}

it.each(['ES256', 'EdDSA', 'RS256'] as const)('a client proves its %s key, once for each proof', async (alg) => {
  const client = issuer.dpop({ alg })
  const headers = client.headers({ url })
  expect(await ask(headers)).toBe('allowed')
  expect(await ask(headers)).toEqual({ code: 'proof_rejected', reason: 'proof_replayed' })
  const token = client.token({ claims: { scope: 'write' } })
  expect(await ask(client.headers({ url, token, method: 'POST' }), 'POST')).toBe('allowed')
})

it.each(issuer.dpop().badProofs({ url }))('refuses $name as it says', async ({ name }) => {
  const client = issuer.dpop()
  const token = client.token()
  const { proof, code, reason } = client.badProof(name, { url, token })
  expect(await ask({ authorization: `DPoP ${token}`, dpop: proof })).toEqual({ code, reason })
})

it('a bad proof is bad by one thing: for a request of its own', async () => {
  const client = issuer.dpop()
  const token = client.token()
  const { proof } = client.badProof('wrong_method', { url, token, method: 'PATCH' })
  expect(await ask({ authorization: `DPoP ${token}`, dpop: proof }, 'PATCH')).toMatchObject({ reason: 'htm_mismatch' })
})

it('signs what a token endpoint and a server with nonces ask for', () => {
  const claims = (proof: string) => JSON.parse(Buffer.from(proof.split('.')[1] ?? '', 'base64url').toString())
  const client = issuer.dpop()
  expect(claims(client.proof({ url, method: 'POST', token: null, nonce: 'n-1' }))).toEqual({
    jti: expect.any(String),
    htm: 'POST',
    htu: 'https://api.test/me',
    iat: clock(),
    nonce: 'n-1',
  })
})

it('knows neither other names nor keys without a public half', () => {
  expect(() => issuer.dpop().badProof('unheard_of' as BadProofName, { url })).toThrow('Known: not_a_proof')
  expect(() => issuer.dpop({ alg: 'HS256' })).toThrow('key pair')
})
