import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { type Row, withTable } from './results.js'

test('the README has the table that the last runs of the matrix made', async () => {
  const rows: Row[] = JSON.parse(await readFile(new URL('results.json', import.meta.url), 'utf8'))
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
  expect(withTable(readme, rows) === readme, 'run `npx -y pnpm@10 matrix`').toBe(true)
  expect(rows.filter(({ failed }) => failed > 0)).toEqual([])
})
