import { expect, it, vi } from 'vitest'
import { audience, createKey, issuer, now, signToken } from '../test/fixtures.js'
import { createVerifier } from './create-verifier.js'

// Where there is no node:crypto, every signature check is a promise.
vi.mock('#signature', () => import('./signature/signature.js'))

it('a signature that is checked with a promise decides like any other, and its token is remembered', async () => {
  const [key, other] = [createKey('ES256'), createKey('ES256')]
  const verifier = createVerifier({ issuer, audience, jwks: { keys: [key.jwk] }, clock: () => now })
  const token = signToken(key)
  const auth = await verifier.verify(token)
  expect(auth).toMatchObject({ token, claims: { iss: issuer } })
  expect(await verifier.verify(token)).toBe(auth)
  await expect(verifier.verify(signToken(other))).rejects.toMatchObject({ reason: 'signature_invalid' })
  expect(verifier.stats()).toMatchObject({ firstSeen: 1, remembered: 1 })
})
