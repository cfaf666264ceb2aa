import { createVerifier } from '@latchkey/core'
import { createTestIssuer } from '@latchkey/testing'
import { expect, it } from 'vitest'

const issuer = createTestIssuer()
const verifier = createVerifier({ issuer: issuer.url, audience: issuer.audience, fetch: issuer.fetch })

it.each(issuer.badTokens())('refuses $name', async ({ token, code }) => {
  await expect(async () => verifier.verify(token)).rejects.toMatchObject({ code })
})
