import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readDocument, readDocuments, root } from './documents.js'

const site = 'packages/docs/'

/** Every path that the sidebar leads to: its pages by name, and a page per code. */
async function sidebarLinks(): Promise<string[]> {
  const { text } = await readDocument(`${site}.vitepress/sidebar.ts`)
  const pages = [...text.matchAll(/(?:page|group)\((?:'[^']*'|"[^"]*"), '(\/[^']*)'[,)]/g)].map(([, link = '']) => link)
  const [, list = ''] = /const codes = \[\n(.*?)\n\]/s.exec(text) ?? []
  return [...pages, ...[...list.matchAll(/'(\w+)'/g)].map(([, code = '']) => `/errors/${code}`)]
}

test('the sidebar leads to every page, once, and to nothing else', async () => {
  const documents = (await readDocuments()).filter(({ path }) => path.startsWith(site))
  const pages = documents.map(({ path }) => `/${path.slice(site.length).replace(/(?:index)?\.md$/, '')}`)
  // The home page is behind the site's name.
  expect((await sidebarLinks()).sort()).toEqual(pages.filter((page) => page !== '/').sort())
})

test('the reference is made from every package that is published', async () => {
  const { default: options } = await import(join(root, site, 'typedoc.config.js'))
  const published: string[] = []
  for (const name of await readdir(join(root, 'packages'))) {
    const { private: own } = JSON.parse(await readFile(join(root, 'packages', name, 'package.json'), 'utf8'))
    if (own !== true) published.push(`../${name}`)
  }
  expect([...options.entryPoints].sort()).toEqual(published.sort())
})

test('each door of a package with several is called in the reference as in an import', async () => {
  for (const folder of await readdir(join(root, 'packages'))) {
    const { name, exports = {} } = JSON.parse(await readFile(join(root, 'packages', folder, 'package.json'), 'utf8'))
    const doors = Object.entries<{ default?: string }>(exports).filter(([, door]) => door.default !== undefined)
    if (doors.length < 2) continue
    for (const [path, door] of doors) {
      const source = door.default?.replace('./dist/', 'src/').replace(/\.js$/, '.ts') ?? ''
      const text = await readFile(join(root, 'packages', folder, source), 'utf8')
      expect(text, `${folder}/${source}`).toContain(`\n * @module ${join(name, path)}\n */\n`)
    }
  }
})
