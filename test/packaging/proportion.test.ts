import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

// An adapter translates and does not decide: what grows beyond this is core's, or the sessions'.
const guardLines = 120
const adapters = [
  { name: 'fastify', guard: 'fastify-auth.ts', lines: 300 },
  { name: 'express', guard: 'express-auth.ts', lines: 300 },
  { name: 'hono', guard: 'hono-auth.ts', lines: 300 },
  { name: 'fetch', guard: 'fetch-auth.ts', lines: 200 },
  { name: 'nest', guard: 'latchkey-guard.ts', lines: 200 },
]

/** Lines of each file of an adapter's, without tests and what describes guards to OpenAPI. */
function linesOf(adapter: string): ReadonlyMap<string, number> {
  const folder = fileURLToPath(new URL(`../../packages/${adapter}/src/`, import.meta.url))
  const files = readdirSync(folder).filter((name) => !name.endsWith('.test.ts') && name !== 'openapi.ts')
  return new Map(files.map((name) => [name, readFileSync(folder + name, 'utf8').split('\n').length - 1]))
}

it.each(adapters)('the adapter of $name is at most $lines lines', ({ name, guard, lines }) => {
  const found = linesOf(name)
  expect(found.get(guard)).toBeLessThanOrEqual(guardLines)
  expect([...found.values()].reduce((sum, each) => sum + each)).toBeLessThanOrEqual(lines)
})
