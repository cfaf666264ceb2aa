import { type Algorithm, AuthError, createVerifier, type Verifier } from '@latchkey/core'
import { describe, expect, it } from 'vitest'
import { createEventLog } from './event-log.js'
import { createTestIssuer, type TestIssuer } from './issuer.js'
import { createTestKey } from './test-key.js'

const algorithms: readonly Algorithm[] = ['ES256', 'RS256', 'PS256', 'EdDSA', 'HS256']

function verifierFor(issuer: TestIssuer, log = createEventLog()): Verifier {
  const keys = issuer.secret === undefined ? { fetch: issuer.fetch } : { secret: issuer.secret }
  return createVerifier({ issuer: issuer.url, audience: issuer.audience, onEvent: log.onEvent, ...keys })
}

async function answer(verifier: Verifier, token: string): Promise<unknown> {
  try {
    return await verifier.verify(token)
  } catch (error) {
    return error
  }
}

describe.each(algorithms)('signed with %s', (alg) => {
  const issuer = createTestIssuer({ algorithms: [alg] })

  it('a token without a fault is accepted', async () => {
    expect(await answer(verifierFor(issuer), issuer.token())).toHaveProperty('claims.sub', 'user-1')
  })

  it.each(issuer.badTokens())('$name is refused with $code, for $reason', async ({ token, code, reason }) => {
    const log = createEventLog()
    const error = await answer(verifierFor(issuer, log), token)
    expect(error).toBeInstanceOf(AuthError)
    expect(error).toMatchObject({ code, reason })
    expect(log.ofType('denied')).toMatchObject([{ code, reason }])
  })
})

it('leaves out what needs a public key where there is none', () => {
  const pair = createTestIssuer()
    .badTokens()
    .map(({ name }) => name)
  const secret = createTestIssuer({ algorithms: ['HS256'] })
    .badTokens()
    .map(({ name }) => name)
  const missing = pair.filter((name) => !secret.includes(name))
  expect(missing).toEqual(['hmac_with_public_key', 'unknown_kid', 'embedded_key', 'kid_not_string'])
  expect(() => createTestIssuer({ algorithms: ['HS256'] }).badToken('unknown_kid')).toThrow(/key pair/)
})

it('is otherwise as good as it is asked to be', () => {
  const issuer = createTestIssuer()
  const { token } = issuer.badToken('expired', { claims: { scope: 'read' }, header: { typ: 'at+jwt' } })
  const [header, claims] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString())
  expect(JSON.parse(header ?? '')).toMatchObject({ typ: 'at+jwt', alg: 'ES256', kid: issuer.key().kid })
  expect(JSON.parse(claims ?? '')).toMatchObject({ scope: 'read', iss: issuer.url })
})

it('signs with another algorithm or key on demand', async () => {
  const issuer = createTestIssuer({ algorithms: ['ES256', 'EdDSA'] })
  const [header] = issuer.badToken('expired', { alg: 'EdDSA' }).token.split('.')
  expect(JSON.parse(Buffer.from(header ?? '', 'base64url').toString())).toMatchObject({ alg: 'EdDSA' })
  const stranger = issuer.badToken('expired', { key: createTestKey('ES256', { kid: 'k' }) })
  expect(await answer(verifierFor(issuer), stranger.token)).toMatchObject({ code: 'token_expired' })
})

it('names the kinds it knows where it is asked for another', () => {
  const name = 'nonsense' as 'expired'
  expect(() => createTestIssuer().badToken(name)).toThrow(/Known: expired/)
})
