import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { workspace } from '../workspace.js'

it('the README stays a first page: at most 220 lines, its two commands among the first 20', () => {
  const lines = readFileSync(join(workspace, 'README.md'), 'utf8').trimEnd().split('\n')
  expect(lines.length).toBeLessThanOrEqual(220)
  const first = lines.slice(0, 20).join('\n')
  for (const command of ['npx -y pnpm@10 start', 'npx -y pnpm@10 test']) expect(first).toContain(command)
})
