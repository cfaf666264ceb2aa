import { describe, expect, test } from 'vitest'
import { FetchBudget } from './fetch-json.js'
import { locateJwks } from './metadata.js'

const uri = 'https://keys.example/jwks'

/** Answers from a table of documents; what is not in it is a 404. */
async function locate(issuer: string, documents: Record<string, object | number>) {
  const asked: string[] = []
  const fetch: typeof globalThis.fetch = async (input) => {
    asked.push(String(input))
    const document = documents[String(input)] ?? 404
    return typeof document === 'number' ? new Response('no', { status: document }) : Response.json(document)
  }
  return { found: await locateJwks(issuer, new FetchBudget(fetch, 3)), asked }
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
    expect(found).toMatchObject({ reason: 'status', status })
    expect(asked).toHaveLength(1)
  })

  test('that is nowhere is a failure', async () => {
    expect((await locate('https://id.example', {})).found).toMatchObject({ reason: 'status', status: 404 })
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

  test.each([undefined, 42, '', '/jwks', 'http://keys.example/jwks', 'file:///etc/jwks.json'])(
    'must have a jwks_uri that is https or loopback, not %s',
    async (jwksUri) => {
      const { found } = await locate('https://id.example', {
        'https://id.example/.well-known/openid-configuration': { issuer: 'https://id.example', jwks_uri: jwksUri },
      })
      expect(found).toMatchObject({ reason: 'metadata_invalid' })
    },
  )
})
