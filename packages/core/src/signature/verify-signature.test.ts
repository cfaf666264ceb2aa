import { expect, it } from 'vitest'
import { claimsSet, createKey, signToken } from '../../test/fixtures.js'
import { checkJwk } from '../keys/jwk.js'
import type { VerificationKey } from '../keys/verification-key.js'
import { verifySignature } from './verify-signature.js'

it("is the platform's verification", async () => {
  const key = createKey('ES256')
  const token = signToken(key, claimsSet())
  const [input, signature = ''] = [token.slice(0, token.lastIndexOf('.')), token.split('.')[2]]
  const verifying = checkJwk({ ...key.jwk }) as VerificationKey
  expect(await verifySignature(verifying, 'ES256', input, signature)).toBe(true)
  expect(await verifySignature(verifying, 'ES256', `${input}x`, signature)).toBe(false)
})
