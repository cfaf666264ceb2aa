import { describe, expect, it } from 'vitest'
import { viewOf } from '../../test/fixtures.js'
import { isCrossOrigin, isSerializedOrigin } from './cross-origin.js'

const trusted = new Set(['https://app.example'])

function refuses(headers: Record<string, string>, method = 'POST', url = 'https://api.example/things'): boolean {
  return isCrossOrigin(viewOf(headers, method, url), trusted)
}

describe('isCrossOrigin', () => {
  it.each(['GET', 'HEAD', 'OPTIONS'])('lets %s pass, wherever it comes from', (method) => {
    expect(refuses({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, method)).toBe(false)
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'PROPFIND', 'TRACE', 'get', 'Head', ''])(
    'checks %j',
    (method) => {
      expect(refuses({ 'sec-fetch-site': 'cross-site' }, method)).toBe(true)
    },
  )

  it.each(['same-origin', 'none'])('Sec-Fetch-Site %s passes, whatever Origin says', (site) => {
    expect(refuses({ 'sec-fetch-site': site })).toBe(false)
    expect(refuses({ 'sec-fetch-site': site, origin: 'https://evil.example' })).toBe(false)
  })

  it.each(['cross-site', 'same-site', '', 'Same-Origin', 'NONE', 'same-origin, same-origin', 'unknown'])(
    'Sec-Fetch-Site %j passes only from a trusted origin',
    (site) => {
      expect(refuses({ 'sec-fetch-site': site })).toBe(true)
      expect(refuses({ 'sec-fetch-site': site, origin: '' })).toBe(true)
      expect(refuses({ 'sec-fetch-site': site, origin: 'null' })).toBe(true)
      expect(refuses({ 'sec-fetch-site': site, origin: 'https://evil.example' })).toBe(true)
      expect(refuses({ 'sec-fetch-site': site, origin: 'https://app.example' })).toBe(false)
    },
  )

  it('the own origin does not outweigh Sec-Fetch-Site', () => {
    expect(refuses({ 'sec-fetch-site': 'cross-site', origin: 'https://api.example' })).toBe(true)
  })

  it('passes with neither header, and takes an empty Origin for none', () => {
    expect(refuses({})).toBe(false)
    expect(refuses({ origin: '' })).toBe(false)
  })

  it.each([
    ['https://api.example/things', 'https://api.example'],
    ['https://api.example:443/things', 'https://api.example'],
    ['http://api.example:8080/', 'http://api.example:8080'],
    ['https://API.example/', 'https://api.example'],
    ['http://[::1]:3000/x', 'http://[::1]:3000'],
  ])('without Sec-Fetch-Site, at %s the origin %s is its own', (url, origin) => {
    expect(refuses({ origin }, 'POST', url)).toBe(false)
  })

  it.each([
    'null',
    'https://evil.example',
    'http://api.example',
    'https://api.example:8443',
    'https://api.example.evil.example',
    'https://sub.api.example',
    'https://api.example/',
    'https://API.example',
    'https://api.example https://evil.example',
    'https://api.example, https://api.example',
    'https://app.example/',
    'https://app.example.',
    'app.example',
  ])('without Sec-Fetch-Site, refuses the origin %j', (origin) => {
    expect(refuses({ origin })).toBe(true)
  })

  it('without Sec-Fetch-Site, a trusted origin passes', () => {
    expect(refuses({ origin: 'https://app.example' })).toBe(false)
  })

  it.each(['', 'http://', 'https://a b/', '/things'])('no origin equals that of a target %j that is no URL', (url) => {
    expect(refuses({ origin: 'https://api.example' }, 'POST', url)).toBe(true)
    expect(refuses({ origin: 'undefined' }, 'POST', url)).toBe(true)
  })

  it('refuses the origin null also where the target has an opaque origin', () => {
    expect(refuses({ origin: 'null' }, 'POST', 'app://things/')).toBe(true)
  })

  it('looks neither at content types nor at X-HTTP-Method-Override', () => {
    const asked: string[] = []
    const view = { ...viewOf({}, 'POST'), header: (name: string) => void asked.push(name) }
    isCrossOrigin(view, trusted)
    expect(asked).toEqual(['sec-fetch-site', 'origin'])
  })

  it('asks for the URL only where the own origin decides', () => {
    const view = {
      ...viewOf({ 'sec-fetch-site': 'cross-site', origin: 'https://app.example' }, 'POST'),
      url: () => {
        throw new Error('asked for the URL')
      },
    }
    expect(isCrossOrigin(view, trusted)).toBe(false)
  })
})

describe('isSerializedOrigin', () => {
  it.each(['https://app.example', 'http://localhost:3000', 'http://[::1]:8080', 'https://xn--bcher-kva.example'])(
    'takes %j',
    (origin) => {
      expect(isSerializedOrigin(origin)).toBe(true)
    },
  )

  it.each([
    'https://app.example/',
    'https://app.example/path',
    'https://app.example:443',
    'http://app.example:80',
    'https://App.example',
    'HTTPS://app.example',
    'https://bücher.example',
    'https://user@app.example',
    'https://*.app.example',
    'app.example',
    'null',
    '*',
    '',
    ' https://app.example',
    'file:///etc',
    undefined,
    null,
    5,
  ])('refuses %j', (origin) => {
    expect(isSerializedOrigin(origin)).toBe(false)
  })
})
