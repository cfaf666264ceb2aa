import { createVerifier } from '@latchkey/core'
import { createManualClock, createTestIssuer } from '@latchkey/testing'
import { expect, it } from 'vitest'

it('refuses a token once its minute and the tolerance of ten seconds have passed', async () => {
  const clock = createManualClock()
  const issuer = createTestIssuer({ clock })
  const verifier = createVerifier({ issuer: issuer.url, audience: issuer.audience, fetch: issuer.fetch, clock })
  const token = issuer.token({ expiresIn: 60 })
  clock.advance(69)
  await verifier.verify(token)
  clock.advance(1)
  await expect(async () => verifier.verify(token)).rejects.toMatchObject({ code: 'token_expired' })
})
