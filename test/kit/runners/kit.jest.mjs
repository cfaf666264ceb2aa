import { createVerifier } from '@latchkey/core'
import { createTestIssuer } from '@latchkey/testing'

it.each([false, true])('accepts a good token and refuses an expired one, with a real port: %s', async (real) => {
  const issuer = createTestIssuer()
  if (real) await issuer.listen()
  const { url, audience, fetch } = issuer
  const verifier = createVerifier({ issuer: url, audience, ...(real ? {} : { fetch }) })
  expect(await verifier.verify(issuer.token())).toMatchObject({ claims: { sub: 'user-1' } })
  const expired = async () => verifier.verify(issuer.badToken('expired').token)
  await expect(expired()).rejects.toMatchObject({ code: 'token_expired' })
})
