import { describe, expect, test } from 'vitest'
import { ecKey, issuer, jwksUri, keysResponse, rsaKey, ScriptedEndpoint } from '../../test/scripted-endpoint.js'
import { FetchBudget, FetchFailure } from './fetch-json.js'
import { KeySource, usableKeys } from './fetch-key-set.js'

const metadataUrl = `${issuer}/.well-known/openid-configuration`

describe('the keys of a set', () => {
  test('are those that can be used; the others are passed over', () => {
    const keys = usableKeys([
      ecKey('good'),
      ecKey('for-encryption', 1, { use: 'enc' }),
      ecKey('off-curve', 2, { y: 'A'.repeat(43) }),
      { kty: 'EC', crv: 'secp256k1', kid: 'unknown-curve' },
      { kty: 'future' },
      null,
      'text',
      [],
      rsaKey('rsa'),
    ])
    expect(Array.isArray(keys) && keys.map((key) => key.kid)).toEqual(['good', 'rsa'])
  })

  test.each([
    ['a private member', ecKey('b', 1, { d: 'AAAA' })],
    ['a private RSA member', rsaKey('b', { p: 'AAAA' })],
    ['a symmetric key', { kty: 'oct', k: 'AAAA', kid: 'b' }],
    ['a symmetric key without its value', { kty: 'oct', kid: 'b' }],
  ])('are refused as a whole where one of them has %s', (_name, bad) => {
    expect(usableKeys([ecKey('a'), bad])).toBe('private_key')
  })

  test('are at most fifty', () => {
    const many = (count: number) => usableKeys(Array.from({ length: count }, (_, n) => ecKey(`k${n}`)))
    expect(many(50)).toHaveLength(50)
    expect(many(51)).toBe('too_many_keys')
  })

  test.each([
    ['no list', {}],
    ['no member', undefined],
    ['an empty list', []],
    ['only keys of no use', [{ kty: 'future' }, ecKey('off-curve', 0, { y: 'A'.repeat(43) })]],
  ])('%s is a failure', (_name, keys) => {
    expect(usableKeys(keys)).toBe('no_usable_key')
  })
})

describe('where keys are published', () => {
  function discovered() {
    const endpoint = new ScriptedEndpoint()
    const state = { metadata: { issuer, jwks_uri: jwksUri }, keys: () => keysResponse([ecKey('a')]) }
    endpoint.respond = (url) => (url === metadataUrl ? Response.json(state.metadata) : state.keys())
    const source = new KeySource(issuer, undefined)
    const fetch = (now: number) => source.fetch(now, new FetchBudget(endpoint.fetch, 3))
    return { endpoint, state, fetch }
  }

  test('is asked directly where it is configured', async () => {
    const endpoint = new ScriptedEndpoint()
    const found = await new KeySource(issuer, jwksUri).fetch(0, new FetchBudget(endpoint.fetch, 3))
    expect(found).not.toBeInstanceOf(FetchFailure)
    expect(endpoint.urls).toEqual([jwksUri])
  })

  test('is found through metadata and remembered for a day', async () => {
    const { endpoint, fetch } = discovered()
    for (const now of [0, 600, 86_399]) await fetch(now)
    expect(endpoint.urls).toEqual([metadataUrl, jwksUri, jwksUri, jwksUri])
    await fetch(86_400)
    expect(endpoint.urls.slice(4)).toEqual([metadataUrl, jwksUri])
  })

  test('is looked up anew after the keys could not be had there', async () => {
    const { endpoint, state, fetch } = discovered()
    await fetch(0)
    state.keys = () => new Response('gone', { status: 410 })
    expect(await fetch(600)).toMatchObject({ reason: 'status', status: 410 })
    state.metadata = { issuer, jwks_uri: 'https://id.example/moved' }
    state.keys = () => keysResponse([ecKey('b')])
    expect(await fetch(1200)).toMatchObject({ keys: [{ kid: 'b' }] })
    expect(endpoint.urls.slice(2)).toEqual([jwksUri, metadataUrl, 'https://id.example/moved'])
  })

  test('is not learnt from metadata that fails', async () => {
    const { endpoint, state, fetch } = discovered()
    state.metadata = { issuer: 'https://other.example', jwks_uri: jwksUri }
    expect(await fetch(0)).toMatchObject({ reason: 'issuer_mismatch' })
    expect(endpoint.urls).toEqual([metadataUrl])
  })

  test('and the keys there share one budget', async () => {
    const slow: typeof globalThis.fetch = async (input) => {
      await new Promise((resolve) => setTimeout(resolve, 80))
      return String(input) === metadataUrl ? Response.json({ issuer, jwks_uri: jwksUri }) : keysResponse([ecKey('a')])
    }
    expect(await new KeySource(issuer, undefined).fetch(0, new FetchBudget(slow, 0.12))).toMatchObject({
      reason: 'timeout',
    })
  })
})
