import { expect, it } from 'vitest'
import { audience, claimsSet, createKey, issuer, now, signToken, viewOf } from '../test/fixtures.js'
import { createVerifier } from './create-verifier.js'
import { createRequirement } from './requirement/requirement.js'

const key = createKey('EdDSA')

it('counts what was allowed, denied, remembered and first seen, and nobody nowhere', async () => {
  const verifier = createVerifier({ issuer, audience, jwks: { keys: [key.jwk] }, clock: () => now })
  const ask = (token?: string, options = {}, required = true) =>
    verifier.authenticate(
      viewOf(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      createRequirement(required, options),
    )
  const before = verifier.stats()
  expect(before).toEqual({ allowed: 0, denied: {}, remembered: 0, firstSeen: 0, keyFetches: { ok: 0, failed: 0 } })
  const token = signToken(key)
  await ask(token)
  await ask(token)
  await ask(token, { scope: 'admin' })
  await ask(token, { check: () => false })
  await ask(undefined, {}, false)
  await ask()
  await ask(signToken(key, claimsSet({ exp: now - 60 })))
  await ask('junk')
  expect(verifier.stats()).toEqual({
    allowed: 2,
    denied: { scope_insufficient: 1, access_denied: 1, token_missing: 1, token_expired: 1, token_malformed: 1 },
    remembered: 3,
    firstSeen: 1,
    keyFetches: { ok: 0, failed: 0 },
  })
  expect(before.allowed).toBe(0)
})

it('counts fetches of keys', async () => {
  let isDown = false
  const verifier = createVerifier({
    issuer,
    audience,
    jwksUri: 'https://id.example/jwks',
    fetch: async () => (isDown ? new Response(null, { status: 500 }) : Response.json({ keys: [key.jwk] })),
  })
  await verifier.refresh()
  isDown = true
  await verifier.refresh().catch(() => {})
  expect(verifier.stats().keyFetches).toEqual({ ok: 1, failed: 1 })
})
