import { afterEach, expect, test, vi } from 'vitest'
import { FetchBudget } from './fetch-budget.js'
import { get } from './get.js'

afterEach(() => {
  vi.unstubAllGlobals()
})

test("asks with the platform's fetch, as it is at the time", async () => {
  vi.stubGlobal('fetch', async () => Response.json({ keys: [] }))
  const reply = await get('https://id.example/jwks', new FetchBudget(3))
  expect('body' in reply && new TextDecoder().decode(reply.body)).toBe('{"keys":[]}')
})
