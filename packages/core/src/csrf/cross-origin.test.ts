import { describe, expect, it } from 'vitest'
import { viewOf } from '../../test/fixtures.js'
import { isCrossOrigin } from './cross-origin.js'
import { readTrustedOrigins } from './trusted-origins.js'

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

  it.each(['GET', 'HEAD', 'OPTIONS'])('a %s that asks for an upgrade is not safe', (method) => {
    expect(refuses({ upgrade: 'websocket', origin: 'https://evil.example' }, method)).toBe(true)
    expect(refuses({ upgrade: 'websocket', 'sec-fetch-site': 'cross-site' }, method)).toBe(true)
    expect(refuses({ upgrade: 'websocket', origin: 'https://app.example' }, method)).toBe(false)
    expect(refuses({ upgrade: 'websocket', origin: 'https://api.example' }, method)).toBe(false)
    expect(refuses({ upgrade: 'websocket' }, method)).toBe(false)
  })

  it('checks the extended CONNECT of HTTP/2', () => {
    expect(refuses({ origin: 'https://evil.example' }, 'CONNECT')).toBe(true)
  })

  it('asks a function, never about null or nothing, and takes true alone for yes', () => {
    const asked: string[] = []
    const answering = (answer: unknown) =>
      readTrustedOrigins((origin) => {
        asked.push(origin)
        return answer as boolean
      })
    const from = (headers: Record<string, string>, answer: unknown) =>
      isCrossOrigin(viewOf(headers, 'POST'), answering(answer))
    expect(from({ origin: 'https://preview-7.example' }, true)).toBe(false)
    expect(from({ origin: 'https://preview-7.example', 'sec-fetch-site': 'same-site' }, true)).toBe(false)
    for (const answer of [false, undefined, 1, 'true', Promise.resolve(true)]) {
      expect(from({ origin: 'https://preview-7.example' }, answer)).toBe(true)
    }
    expect(new Set(asked)).toEqual(new Set(['https://preview-7.example']))
    asked.length = 0
    expect(from({ origin: 'null' }, true)).toBe(true)
    expect(from({ origin: 'null', 'sec-fetch-site': 'cross-site' }, true)).toBe(true)
    expect(from({ 'sec-fetch-site': 'cross-site' }, true)).toBe(true)
    expect(from({ 'sec-fetch-site': 'cross-site', origin: '' }, true)).toBe(true)
    expect(asked).toEqual([])
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
