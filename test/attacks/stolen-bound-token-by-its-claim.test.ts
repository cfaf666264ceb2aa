import { createDpop, createMtls, type VerifierOptions } from '@latchkey/core'
import { createTestAuthority } from '@latchkey/testing'
import { describe, expect, it } from 'vitest'
import { type Api, useApi } from './harness/api.js'
import { createIssuer, staticOptions } from './harness/issuer.js'

// A stolen token whose `cnf` a lenient reader would pass over: empty, of another type, with two members of which the thief can prove
// one, with one that nobody here knows. What cannot be proven whole is refused, whatever the thief brings along.

const issuer = createIssuer()
const authority = createTestAuthority()
const [thief, url] = [issuer.dpop(), 'https://api.example/me']
const certificate = authority.issue('thief')
const stranger = issuer.dpop()
const x5t = certificate.cnf['x5t#S256']

const claims: readonly (readonly [what: string, cnf: unknown])[] = [
  ['empty', {}],
  ['null', null],
  ['a list', [{ jkt: thief.jkt }]],
  ['an empty list', []],
  ['a text', thief.jkt],
  ['a number', 1],
  ['true', true],
  ['false', false],
  ['both members, of which both could be proven', { jkt: thief.jkt, 'x5t#S256': x5t }],
  ["both members, the thief's key and the owner's certificate", { jkt: thief.jkt, 'x5t#S256': 'A'.repeat(43) }],
  ["both members, the owner's key and the thief's certificate", { jkt: stranger.jkt, 'x5t#S256': x5t }],
  ['unknown', { kid: 'key-1' }],
  ['unknown beside the key of the thief', { jkt: thief.jkt, jwk: {} }],
  ['unknown beside the certificate of the thief', { 'x5t#S256': x5t, 'x5t#S512': x5t }],
  ['in another case', { JKT: thief.jkt }],
  ['a thumbprint that is no text', { jkt: [thief.jkt] }],
  ['an empty thumbprint', { jkt: '' }],
  ['a thumbprint with padding', { jkt: `${thief.jkt}=` }],
  ['a thumbprint cut short', { jkt: thief.jkt.slice(0, 42) }],
  ['a certificate that is no text', { 'x5t#S256': null }],
  ['a certificate in hexadecimal', { 'x5t#S256': Buffer.from(x5t, 'base64url').toString('hex') }],
]

const own = { publicOrigin: 'https://api.example' }
const mtls = createMtls({ from: { header: 'client-cert' } })
const settings: readonly (readonly [name: string, options: () => VerifierOptions])[] = [
  ['nothing', () => staticOptions(issuer)],
  ['proofs', () => ({ ...staticOptions(issuer), dpop: createDpop(own) })],
  ['certificates', () => ({ ...staticOptions(issuer), mtls })],
  ['proofs and certificates', () => ({ ...staticOptions(issuer), dpop: createDpop(own), mtls })],
]

/** By each way that a token can come, with all that the thief has. */
async function tryAll(api: Api, token: string): Promise<readonly string[]> {
  const proof = thief.proof({ url, token })
  const brought = [['DPoP', proof] as const, ['Client-Cert', certificate.clientCert] as const]
  const ways = [['Authorization', `Bearer ${token}`] as const, ['Cookie', `access=${token}`] as const]
  const codes: string[] = []
  for (const way of ways) {
    codes.push((await api.send({ headers: [way] })).code)
    codes.push((await api.send({ headers: [way, ...brought] })).code)
  }
  return codes
}

describe.each(settings)('where an app asks for %s', (name, options) => {
  const api = useApi(options())
  const asksForProofs = name.startsWith('proofs')

  it.each(claims)('a token whose cnf is %s is refused', async (_what, cnf) => {
    const token = issuer.token({ claims: { cnf } })
    expect(new Set(await tryAll(api, token))).toEqual(new Set(['token_rejected']))
    const underDpop = {
      headers: [['Authorization', `DPoP ${token}`] as const, ['DPoP', thief.proof({ url, token })] as const],
    }
    // Where the scheme is not ours, the request has no token at all.
    expect((await api.send(underDpop)).code).toBe(asksForProofs ? 'token_rejected' : 'token_missing')
  })

  it('a token that is bound to the key or the certificate of another', async () => {
    for (const cnf of [{ jkt: stranger.jkt }, authority.issue('owner').cnf]) {
      expect(new Set(await tryAll(api, issuer.token({ claims: { cnf } })))).toEqual(new Set(['token_rejected']))
    }
  })
})

describe('a certificate is not taken for a key', () => {
  const api = useApi({ ...staticOptions(issuer), dpop: createDpop(own), mtls })

  it('nor a proof for a certificate', async () => {
    const token = issuer.token({ claims: { cnf: certificate.cnf } })
    const headers = [
      ['Authorization', `DPoP ${token}`],
      ['DPoP', thief.proof({ url, token })],
      ['Client-Cert', certificate.clientCert],
    ] as const
    expect(await api.send({ headers })).toEqual({ code: 'token_rejected', reason: 'binding_mismatch' })
  })

  it('what both prove is let in', async () => {
    const token = issuer.token({ claims: { cnf: certificate.cnf } })
    const headers = [['Authorization', `Bearer ${token}`] as const, ['Client-Cert', certificate.clientCert] as const]
    expect(await api.send({ headers })).toMatchObject({ code: 'accepted' })
  })
})
