import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Sized, withSizes } from './install-table.js'

test('the guide has the table of what was installed last', () => {
  const sizes: Sized[] = JSON.parse(readFileSync(new URL('install-sizes.json', import.meta.url), 'utf8'))
  const guide = readFileSync(new URL('../../packages/docs/guide/performance.md', import.meta.url), 'utf8')
  expect(withSizes(guide, sizes) === guide, 'run `npx -y pnpm@10 sizes`').toBe(true)
})
