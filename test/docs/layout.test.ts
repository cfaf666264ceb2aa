import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readDocument, root } from './documents.js'
import { linksOf } from './markdown.js'

const contributing = await readDocument('CONTRIBUTING.md')
const tests = await readDocument('test/README.md')

/** The folders in a folder that somebody wrote. */
async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(join(root, path), { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return folders.filter((name) => !/^(?:dist|node_modules|coverage|\.git|\.snippets-.*)$/.test(name))
}

test('CONTRIBUTING leads to every folder', async () => {
  const packages = (await foldersIn('packages')).map((name) => `packages/${name}`)
  const others = (await foldersIn('.')).filter((name) => name !== 'packages' && name !== 'test')
  const named = new Set(linksOf(contributing.markdown).map(({ target }) => target))
  expect([...packages, ...others, 'test/README.md'].filter((path) => !named.has(path))).toEqual([])
})

test('test/README.md has a line for each folder, in order, and for nothing else', async () => {
  const named = tests.markdown.prose.flatMap((line) => /^\| \[`(\w+)`\]\(/.exec(line)?.[1] ?? [])
  expect(named).toEqual((await foldersIn('test')).sort())
})

test('each step of the way of a request is where CONTRIBUTING says', async () => {
  const rows = contributing.markdown.prose.flatMap((line) => {
    const [, name, file] = /\| `(\w+)` \| \[[^\]]+\]\(([^)]+)\) \|$/.exec(line) ?? []
    return name === undefined || file === undefined ? [] : [{ name, file }]
  })
  expect(rows.length).toBeGreaterThan(10)
  for (const { name, file } of rows) {
    const source = existsSync(join(root, file)) ? await readFile(join(root, file), 'utf8') : ''
    expect(source, file).toMatch(new RegExp(`^export (?:async )?function ${name}\\b`, 'm'))
  }
})
