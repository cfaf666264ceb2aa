import { createVerifier } from '@latchkey/core'
import { expect, it } from 'vitest'
import { faults } from './faults.js'
import { fetchFrom } from './fetch-from.js'
import { createTestIssuer } from './issuer.js'

const a = createTestIssuer({ url: 'https://a.test' })
const b1 = createTestIssuer({ url: 'https://b.test/1' })
const b2 = createTestIssuer({ url: 'https://b.test/2' })
const fetch = fetchFrom(a, b1, b2)

it('takes each request to the issuer it is for, also where two share an origin', async () => {
  for (const issuer of [a, b1, b2]) {
    expect(await (await fetch(issuer.jwksUri)).json()).toEqual(issuer.jwks())
    expect(issuer.jwksEndpoint.requests).toHaveLength(1)
  }
})

it('serves a verifier of several issuers', async () => {
  const issuers = [a, b1, b2].map(({ url: issuer, audience }) => ({ issuer, audience }))
  const verifier = createVerifier({ issuers, fetch })
  for (const issuer of [a, b1, b2]) expect((await verifier.verify(issuer.token())).claims['iss']).toBe(issuer.url)
})

it('fails for a stranger as for an unknown host, and at a path that is nobody’s as a server does', async () => {
  await expect(fetch('https://c.test/')).rejects.toMatchObject({ cause: { code: 'ENOTFOUND' } })
  await expect(a.fetch(b1.jwksUri)).rejects.toMatchObject({ cause: { code: 'ENOTFOUND' } })
  expect((await fetch('https://b.test/3/jwks')).status).toBe(404)
})

it('treats redirects as fetch does: follows, shows or refuses them', async () => {
  a.jwksEndpoint.fail(faults.redirect(b1.jwksUri))
  const before = b1.jwksEndpoint.requests.length
  expect((await fetch(a.jwksUri, { redirect: 'manual' })).status).toBe(302)
  await expect(fetch(a.jwksUri, { redirect: 'error' })).rejects.toThrow('fetch failed')
  expect(b1.jwksEndpoint.requests).toHaveLength(before)
  expect(await (await fetch(new Request(a.jwksUri))).json()).toEqual(b1.jwks())
  expect(b1.jwksEndpoint.requests).toHaveLength(before + 1)
  a.jwksEndpoint.fail(faults.redirect('/jwks'))
  await expect(fetch(a.jwksUri)).rejects.toThrow('fetch failed')
  a.recover()
})

it('gives up at once where the signal says so beforehand', async () => {
  const before = a.jwksEndpoint.requests.length
  await expect(fetch(new Request(a.jwksUri, { signal: AbortSignal.abort() }))).rejects.toMatchObject({
    name: 'AbortError',
  })
  expect(a.jwksEndpoint.requests).toHaveLength(before)
})
