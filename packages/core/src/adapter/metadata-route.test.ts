import { describe, expect, it } from 'vitest'
import type { ResourceMetadata } from '../protected-resource.js'
import { metadataRoute } from './metadata-route.js'

const path = '/.well-known/oauth-protected-resource/v1:beta/*'
const metadata: ResourceMetadata = { path, status: 200, headers: {}, body: '{}' }
const answer = metadataRoute(metadata)

function ask(url: string, method = 'GET'): ResourceMetadata | undefined {
  return answer({ method, url: () => url, header: () => undefined })
}

describe('the metadata are the answer', () => {
  it.each([`https://api.example${path}`, `http://x:80${path}?a=/b`, path, `https://api.example${path}#x`])(
    'to %s',
    (url) => {
      expect(ask(url)).toBe(metadata)
      expect(ask(url, 'HEAD')).toBe(metadata)
      expect(ask(url, 'POST')).toBeUndefined()
    },
  )

  it.each([`https://api.example${path}/`, 'https://api.example/', `https://api.example/x?${path}`, `//x${path}`])(
    'not to %s',
    (url) => {
      expect(ask(url)).toBeUndefined()
    },
  )
})

it('is nothing without a resource', () => {
  expect(() => metadataRoute(undefined)).toThrow('protectedResource')
})
