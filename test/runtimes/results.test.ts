import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Results, withTables } from './results.js'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

test('the READMEs have the tables that the last runs of the matrix made, in which nothing failed', () => {
  const results: Results = JSON.parse(read('test/runtimes/results.json'))
  for (const [path, text] of withTables(read, results)) {
    expect(text === read(path), `${path}: run \`npx -y pnpm@10 matrix\``).toBe(true)
  }
  expect([...results.runtimes, ...results.examples].filter(({ failed }) => failed > 0)).toEqual([])
})
