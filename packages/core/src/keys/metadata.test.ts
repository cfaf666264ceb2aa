import { describe, expect, test } from 'vitest'
import { FetchBudget } from './fetch-budget.js'
import { getWithFetch } from './get-with-fetch.js'
import { locateJwks, type MetadataPlace } from './metadata.js'

const uri = 'https://keys.example/jwks'

/** Answers from a table of documents; what is not in it is a 404. */
async function locate(
  issuer: string,
  documents: Record<string, object | number>,
  options: Partial<MetadataPlace> = {},
) {
  const asked: string[] = []
  const fetch: typeof globalThis.fetch = async (input) => {
    asked.push(String(input))
    const document = documents[String(input)] ?? 404
    return typeof document === 'number' ? new Response('no', { status: document }) : Response.json(document)
  }
  const found = await locateJwks(
    { issuer, metadataUri: undefined, plainHttp: [], ...options },
    { get: getWithFetch(fetch), budget: new FetchBudget(3) },
  )
  return { found, asked }
}

describe('metadata', () => {
  test.each([
    ['https://id.example', 'https://id.example/.well-known/openid-configuration'],
    ['https://id.example/', 'https://id.example/.well-known/openid-configuration'],
    ['https://id.example/tenant', 'https://id.example/tenant/.well-known/openid-configuration'],
    ['https://id.example/tenant/', 'https://id.example/tenant/.well-known/openid-configuration'],
    ['http://127.0.0.1:9000/', 'http://127.0.0.1:9000/.well-known/openid-configuration'],
  ])('of %s is asked for at %s', async (issuer, location) => {
    const { found, asked } = await locate(issuer, { [location]: { issuer, jwks_uri: uri } })
    expect(found).toBe(uri)
    expect(asked).toEqual([location])
  })

  test.each([
    ['https://id.example', 'https://id.example/.well-known/oauth-authorization-server'],
    ['https://id.example/', 'https://id.example/.well-known/oauth-authorization-server'],
    ['https://id.example:8443/a/b', 'https://id.example:8443/.well-known/oauth-authorization-server/a/b'],
    ['https://id.example/a/', 'https://id.example/.well-known/oauth-authorization-server/a'],
  ])('of %s is then asked for at %s (RFC 8414)', async (issuer, location) => {
    const { found, asked } = await locate(issuer, { [location]: { issuer, jwks_uri: uri } })
    expect(found).toBe(uri)
    expect(asked).toHaveLength(2)
  })

  test.each([429, 500, 503])('is not looked for elsewhere after a %s', async (status) => {
    const { found, asked } = await locate('https://id.example', {
      'https://id.example/.well-known/openid-configuration': status,
    })
    expect(found).toMatchObject({ reason: 'status', details: { status } })
    expect(asked).toHaveLength(1)
  })

  test('that is nowhere is a failure', async () => {
    expect((await locate('https://id.example', {})).found).toMatchObject({
      reason: 'status',
      step: 'metadata',
      url: 'https://id.example/.well-known/oauth-authorization-server',
      details: { status: 404 },
    })
  })

  test.each([
    'https://id.example/',
    'https://ID.example',
    'https://other.example',
    undefined,
    null,
    ['https://id.example'],
  ])('must name the configured issuer as the same string, not %s', async (named) => {
    const { found } = await locate('https://id.example', {
      'https://id.example/.well-known/openid-configuration': { issuer: named, jwks_uri: uri },
    })
    expect(found).toMatchObject({ reason: 'issuer_mismatch' })
  })

  test.each([
    undefined,
    42,
    '',
    '/jwks',
    'http://keys.example/jwks',
    'http://127.0.0.1/jwks',
    'http://localhost/',
    'https://u:p@keys.example/',
    'file:///etc/jwks.json',
  ])('must have a jwks_uri that is https, not %s', async (jwksUri) => {
    const { found } = await locate('https://id.example', {
      'https://id.example/.well-known/openid-configuration': { issuer: 'https://id.example', jwks_uri: jwksUri },
    })
    expect(found).toMatchObject({ reason: 'metadata_invalid' })
  })

  test('leads to loopback only from there', async () => {
    const issuer = 'http://localhost:9000'
    const documents = { [`${issuer}/.well-known/openid-configuration`]: { issuer, jwks_uri: 'http://127.0.0.1/jwks' } }
    expect((await locate(issuer, documents)).found).toBe('http://127.0.0.1/jwks')
  })

  test('leads to plain http where its host is named', async () => {
    const issuer = 'https://id.example'
    const jwks_uri = 'http://keycloak:8080/jwks'
    const documents = { [`${issuer}/.well-known/openid-configuration`]: { issuer, jwks_uri } }
    expect((await locate(issuer, documents, { plainHttp: ['keycloak:8080'] })).found).toBe(jwks_uri)
    expect((await locate(issuer, documents, { plainHttp: ['keycloak'] })).found).toMatchObject({
      reason: 'metadata_invalid',
    })
  })

  test('may be elsewhere, then there alone, and must still name the issuer', async () => {
    const metadataUri = 'http://keycloak:8080/metadata'
    const at = (document: object | number, issuer = 'https://id.example') =>
      locate(issuer, { [metadataUri]: document }, { metadataUri })
    const { found, asked } = await at({ issuer: 'https://id.example', jwks_uri: uri })
    expect(found).toBe(uri)
    expect(asked).toEqual([metadataUri])
    expect((await at({ issuer: 'http://keycloak:8080', jwks_uri: uri })).found).toMatchObject({
      reason: 'issuer_mismatch',
      url: metadataUri,
    })
    expect((await at(404)).asked).toEqual([metadataUri])
    expect((await at({ issuer: 'accounts', jwks_uri: uri }, 'accounts')).found).toBe(uri)
  })
})
