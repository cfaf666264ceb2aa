import { describe, expect, test } from 'vitest'
import { ecKey, issuer, jwksUri, keysResponse, ScriptedEndpoint } from '../../test/scripted-endpoint.js'
import { FetchBudget } from './fetch-budget.js'
import { FetchFailure } from './fetch-failure.js'
import type { Fetching } from './fetch-json.js'
import { getWithFetch } from './get-with-fetch.js'
import { KeySource } from './key-source.js'

const metadataUrl = `${issuer}/.well-known/openid-configuration`

const found = { issuer, metadataUri: undefined, plainHttp: [] }

function fetching(fetch: typeof globalThis.fetch, timeout = 3): Fetching {
  return { get: getWithFetch(fetch), budget: new FetchBudget(timeout) }
}

describe('where keys are published', () => {
  function discovered() {
    const endpoint = new ScriptedEndpoint()
    const state = { metadata: { issuer, jwks_uri: jwksUri }, keys: () => keysResponse([ecKey('a')]) }
    endpoint.respond = (url) => (url === metadataUrl ? Response.json(state.metadata) : state.keys())
    const source = new KeySource(found)
    const fetch = (now: number) => source.fetch(now, fetching(endpoint.fetch))
    return { endpoint, state, fetch }
  }

  test('is asked directly where it is configured', async () => {
    const endpoint = new ScriptedEndpoint()
    const keys = await new KeySource([jwksUri]).fetch(0, fetching(endpoint.fetch))
    expect(keys).not.toBeInstanceOf(FetchFailure)
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
    expect(await fetch(600)).toMatchObject({ reason: 'status', url: jwksUri, step: 'keys', details: { status: 410 } })
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
    expect(await new KeySource(found).fetch(0, fetching(slow, 0.12))).toMatchObject({
      reason: 'timeout',
    })
  })
})

describe('several places', () => {
  const second = 'https://id.example/more'

  function of(answers: Record<string, Response>) {
    const endpoint = new ScriptedEndpoint()
    endpoint.respond = (url) => answers[url]?.clone() ?? new Response('no', { status: 404 })
    return { endpoint, fetched: new KeySource([jwksUri, second]).fetch(0, fetching(endpoint.fetch)) }
  }

  test('make one set, in their order', async () => {
    const { endpoint, fetched } = of({
      [second]: keysResponse([ecKey('c', 2)], { age: '1' }),
      [jwksUri]: keysResponse([ecKey('b', 1), ecKey('a')], { age: '2' }),
    })
    const set = await fetched
    if (set instanceof FetchFailure) throw new Error(set.reason)
    expect(set.keys.map(({ kid }) => kid)).toEqual(['b', 'a', 'c'])
    expect(set.fields.map((fields) => fields.get('age'))).toEqual(['2', '1'])
    expect(endpoint.urls).toEqual([jwksUri, second])
  })

  test('fail together: one of them is enough', async () => {
    const good = keysResponse([ecKey('a')])
    expect(await of({ [jwksUri]: good }).fetched).toMatchObject({ reason: 'status', url: second })
    expect(await of({ [second]: good }).fetched).toMatchObject({ reason: 'status', url: jwksUri })
    const empty = keysResponse([])
    expect(await of({ [jwksUri]: good, [second]: empty }).fetched).toMatchObject({ reason: 'no_usable_key' })
  })

  test('have their bounds each', async () => {
    const many = (name: string, count: number) =>
      keysResponse(Array.from({ length: count }, (_, n) => ecKey(`${name}${n}`)))
    expect(await of({ [jwksUri]: many('a', 50), [second]: many('b', 50) }).fetched).toHaveProperty('keys.length', 100)
    expect(await of({ [jwksUri]: many('a', 50), [second]: many('b', 51) }).fetched).toMatchObject({
      reason: 'too_many_keys',
      url: second,
    })
  })
})
