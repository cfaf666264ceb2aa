import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createVerifier } from '@latchkey/core'
import { createTestIssuer } from '@latchkey/testing'

for (const real of [false, true]) {
  test(`accepts a good token and refuses an expired one, with a real port: ${real}`, async () => {
    const issuer = createTestIssuer()
    if (real) await issuer.listen()
    const { url, audience, fetch } = issuer
    const verifier = createVerifier({ issuer: url, audience, ...(real ? {} : { fetch }) })
    assert.equal((await verifier.verify(issuer.token())).claims['sub'], 'user-1')
    await assert.rejects(async () => verifier.verify(issuer.badToken('expired').token), { code: 'token_expired' })
  })
}
