import { createVerifier } from '@latchkey/core'
import { createTestIssuer } from '@latchkey/testing'
import { expect, it } from 'vitest'

it('follows a rotation with one fetch, and refuses the old key from then on', async () => {
  const issuer = createTestIssuer()
  const verifier = createVerifier({ issuer: issuer.url, audience: issuer.audience, fetch: issuer.fetch })
  const old = issuer.token()
  await verifier.verify(old)
  issuer.rotate({ overlap: false })
  await verifier.verify(issuer.token())
  expect(issuer.jwksEndpoint.requests).toHaveLength(2)
  await expect(async () => verifier.verify(old)).rejects.toMatchObject({ code: 'token_rejected' })
})
