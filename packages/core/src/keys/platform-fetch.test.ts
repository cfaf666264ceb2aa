import { afterEach, expect, test, vi } from 'vitest'
import { platformFetch } from './platform-fetch.js'

afterEach(() => {
  vi.unstubAllGlobals()
})

test("is the platform's fetch, as it is at the time", async () => {
  vi.stubGlobal('fetch', async (...input: unknown[]) => Response.json(input))
  const response = await platformFetch('https://id.example/jwks', { method: 'POST' })
  expect(await response.json()).toEqual(['https://id.example/jwks', { method: 'POST' }])
})
