import { createVerifier } from '@latchkey/core'
import { createTestIssuer } from '@latchkey/testing'
import { expect, it } from 'vitest'

it('fetches keys over HTTP, and keeps them when the server is gone', async () => {
  const issuer = await createTestIssuer({ cacheControl: 'max-age=60' }).listen()
  const verifier = createVerifier({ issuer: issuer.url, audience: issuer.audience })
  await verifier.verify(issuer.token())
  await issuer.close()
  await expect(verifier.refresh()).rejects.toMatchObject({ code: 'keys_unavailable' })
  await verifier.verify(issuer.token())
  expect(verifier.keySets()).toMatchObject([{ state: 'fresh', lastError: 'network' }])
})
