import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

// An adapter translates and does not decide: what grows beyond this is core's, or the sessions'.
const guardFile = 120
const budgets = { fastify: 310, express: 310, fetch: 318, hono: 412 }

/** Lines of each file of an adapter's, without tests and the door to OpenAPI. */
function linesOf(adapter: string): ReadonlyMap<string, number> {
  const folder = fileURLToPath(new URL(`../../packages/${adapter}/src/`, import.meta.url))
  const files = readdirSync(folder).filter((name) => !name.endsWith('.test.ts') && name !== 'openapi.ts')
  return new Map(files.map((name) => [name, readFileSync(folder + name, 'utf8').split('\n').length - 1]))
}

it.each(Object.entries(budgets))('the adapter of %s is at most %i lines', (adapter, budget) => {
  const lines = linesOf(adapter)
  expect(lines.get(`${adapter}-auth.ts`)).toBeLessThanOrEqual(guardFile)
  expect([...lines.values()].reduce((sum, each) => sum + each)).toBeLessThanOrEqual(budget)
})
