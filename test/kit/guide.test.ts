import { readdir, readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

const here = new URL('guide/', import.meta.url)
const guide = new URL('../../packages/docs/guide/testing.md', import.meta.url)

it('every example in the guide to the kit is one of the tests beside this one, and each is shown there', async () => {
  const text = await readFile(guide, 'utf8')
  const shown = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((fence) => fence[1])
  const files = (await readdir(here)).filter((name) => name.endsWith('.test.ts'))
  const tests = await Promise.all(files.map((name) => readFile(new URL(name, here), 'utf8')))
  expect(shown.length).toBeGreaterThan(5)
  expect(shown.toSorted()).toEqual(tests.toSorted())
})
