import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { type Document, readDocuments, root } from './documents.js'

// A recipe is a file under `test/recipes`, compiled and run there, that a page of the site shows with VitePress's `<<< path`.
const folder = 'test/recipes'
const documents = await readDocuments()
const pages = documents.filter(({ path }) => path.startsWith('packages/docs/recipes/') && !path.endsWith('/index.md'))
const files = await readdir(join(root, folder), { recursive: true })

/** The files that a document shows, relative to the root. */
function filesShown({ path, markdown }: Document): string[] {
  const shown = markdown.prose.flatMap((line) => /^<<< (\S+)/.exec(line)?.[1] ?? [])
  return shown.map((file) => normalize(join(dirname(path), file)))
}

test('every file that a page shows is there, and is tested', () => {
  const shown = documents.flatMap(filesShown)
  expect(shown.length).toBeGreaterThan(2)
  expect(shown.filter((file) => !file.startsWith(`${folder}/`) || !existsSync(join(root, file)))).toEqual([])
})

test('every recipe is shown', () => {
  const recipes = files.filter((file) => /(?<!\.test)\.ts$/.test(file) && file !== 'serve.ts')
  expect(recipes.map((file) => `${folder}/${file}`).sort()).toEqual(documents.flatMap(filesShown).sort())
})

test.each(pages)('$path shows what the tests of its name run', (page) => {
  const name = page.path.replace(/^.*\/(.*)\.md$/, '$1')
  expect(filesShown(page).filter((file) => !file.startsWith(`${folder}/${name}/`))).toEqual([])
  expect(files).toContain(`${name}/${name}.test.ts`)
})

test('the index leads to every recipe', async () => {
  const index = documents.find(({ path }) => path === 'packages/docs/recipes/index.md')
  for (const { path } of pages) expect(index?.text).toContain(`](./${path.replace(/^.*\//, '')})`)
})
