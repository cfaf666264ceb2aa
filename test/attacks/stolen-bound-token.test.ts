import { createHash, randomUUID } from 'node:crypto'
import { createDpop, type VerifierOptions } from '@latchkey/core'
import { createRequirement } from '@latchkey/core/adapter'
import { createTestKey, signCompact, type TestKey } from '@latchkey/testing'
import { describe, expect, it } from 'vitest'
import { type Api, useApi } from './harness/api.js'
import { createIssuer, now, staticOptions } from './harness/issuer.js'

// A token that is bound to a key was stolen, without the key: from a log, a proxy, another API. Every way to use it all the
// same: where nobody asks for the key, with a proof of one's own, with a proof that its owner made for something else.

const issuer = createIssuer()
const [owner, thief] = [createTestKey('ES256'), createTestKey('ES256')]
const jkt = thumbprint(owner)
const token = issuer.token({ claims: { cnf: { jkt } } })
const dpop = (): VerifierOptions => ({
  ...staticOptions(issuer),
  dpop: createDpop({ publicOrigin: 'https://api.example' }),
})

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

function parameters({ publicJwk }: TestKey): Record<string, unknown> {
  const { kty, crv, x, y } = publicJwk ?? {}
  return { crv, kty, x, y }
}

function thumbprint(key: TestKey): string {
  return hash(JSON.stringify(parameters(key)))
}

function proof(key: TestKey, claims: object = {}, header: object = {}): string {
  const all = { jti: randomUUID(), htm: 'GET', htu: 'https://api.example/me', iat: now }
  const head = { typ: 'dpop+jwt', alg: 'ES256', jwk: parameters(key), ...header }
  return signCompact(head, { ...all, ath: hash(token), ...claims }, key)
}

function withProof(api: Api, value: string, scheme = 'DPoP', sent = token): ReturnType<Api['send']> {
  return api.send({
    headers: [
      ['Authorization', `${scheme} ${sent}`],
      ['DPoP', value],
    ],
  })
}

describe('where proofs are not asked for', () => {
  const api = useApi(staticOptions(issuer))

  it.each(['Bearer', 'bearer'])('it is no ordinary token under %s', async (scheme) => {
    const refused = { code: 'token_rejected', reason: 'binding_unchecked' }
    expect(await withProof(api, proof(owner), scheme)).toEqual(refused)
    expect(await api.bearer(token)).toEqual(refused)
    expect(await api.cookie(token)).toEqual(refused)
  })

  it('nor handed over without a request', async () => {
    await expect(async () => api.verifier.verify(token)).rejects.toMatchObject({ reason: 'binding_unchecked' })
  })
})

describe('where proofs are asked for', () => {
  const api = useApi(dpop())

  it('it is not downgraded to Bearer or a cookie, with a proof or without', async () => {
    const refused = { code: 'token_rejected', reason: 'binding_mismatch' }
    expect(await api.bearer(token)).toEqual(refused)
    expect(await withProof(api, proof(owner), 'Bearer')).toEqual(refused)
    expect(await api.cookie(token)).toEqual(refused)
  })

  it.each([
    ['a key of the thief', () => proof(thief), 'jkt_mismatch'],
    [
      "the owner's key in the header, the thief's signature",
      () => proof(thief, {}, { jwk: parameters(owner) }),
      'proof_signature',
    ],
    ['a proof for another method', () => proof(owner, { htm: 'POST' }), 'htm_mismatch'],
    ['a proof for another API', () => proof(owner, { htu: 'https://other.example/me' }), 'htu_mismatch'],
    ['a proof for another path', () => proof(owner, { htu: 'https://api.example/sub' }), 'htu_mismatch'],
    ['a proof for another token', () => proof(owner, { ath: hash('another') }), 'ath_mismatch'],
    ['a proof for a token request, without a token', () => proof(owner, { ath: undefined }), 'ath_mismatch'],
    ['a proof of an hour ago', () => proof(owner, { iat: now - 3600 }), 'proof_stale'],
    ['a proof for next year', () => proof(owner, { iat: now + 3e7 }), 'iat_in_future'],
    ['no proof', () => '', 'proof_malformed'],
    ['the token as its proof', () => token, 'proof_type'],
  ])('it is not used with %s', async (_what, make, reason) => {
    expect(await withProof(api, make())).toEqual({ code: 'proof_rejected', reason })
  })

  it('its claim is not rewritten to name the key of the thief', async () => {
    const [header, , signature] = token.split('.')
    const claims = {
      ...JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()),
      cnf: { jkt: thumbprint(thief) },
    }
    const forged = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`
    const outcome = await withProof(api, proof(thief, { ath: hash(forged) }), 'DPoP', forged)
    expect(outcome).toEqual({ code: 'token_rejected', reason: 'signature_invalid' })
  })

  it("a proof seen on the wire is not good again, in whichever framework the owner's went", async () => {
    const first = proof(owner)
    const view = {
      method: 'GET',
      header: (name: string) => (name === 'authorization' ? `DPoP ${token}` : name === 'dpop' ? first : undefined),
      url: () => 'https://api.example/me',
    }
    expect(await api.verifier.authenticate(view, createRequirement(true))).toMatchObject({ allow: true })
    expect(await withProof(api, first)).toEqual({ code: 'proof_rejected', reason: 'proof_replayed' })
  })
})
