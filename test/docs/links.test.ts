import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Document, readDocument, readDocuments, root, toDocument } from './documents.js'
import { anchorsOf, linksOf } from './markdown.js'

const documents = await readDocuments()
const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
const packages = await readdir(join(root, 'packages'))

/** What pnpm does itself, as far as the documents use it. */
const builtIn = ['exec', 'install', 'add', 'run']

/** Where the project is; `#readme` is what it shows. */
const github = 'https://github.com/latchkey/latchkey'

/** The file that a link leads to, and the place in it; undefined where it leads out of the project. */
function placeOf(
  document: Document,
  target: string,
): { readonly file: string; readonly fragment?: string } | undefined {
  const [path = '', fragment] = target.replace(`${github}#readme`, `${github}/blob/main/README.md`).split('#')
  const inside = new RegExp(`^${github}/(?:blob|tree)/main/(.+)$`).exec(path)?.[1]
  if (inside === undefined && /^[a-z]+:/.test(path)) return undefined
  const file = inside ?? (path === '' ? document.path : normalize(join(dirname(document.path), path)))
  return fragment === undefined ? { file } : { file, fragment }
}

/** Where a link into the project leads nowhere. */
async function brokenLinks(document: Document): Promise<string[]> {
  const broken: string[] = []
  for (const { target, line } of linksOf(document.markdown)) {
    const place = placeOf(document, target)
    if (place === undefined || (await isThere(document, place.file, place.fragment))) continue
    broken.push(`line ${line}: ${target}`)
  }
  return broken
}

async function isThere(from: Document, file: string, fragment: string | undefined): Promise<boolean> {
  // The reference is made when the site is built, and the build refuses what leads nowhere in it.
  if (file.startsWith('packages/docs/reference/')) return from.path.startsWith('packages/docs/')
  if (file !== from.path && !existsSync(join(root, file))) return false
  return fragment === undefined || hasAnchor(from, file, fragment)
}

/** Relative links: npm shows a package's README alone. */
function relativeLinks({ markdown }: Document): string[] {
  const targets = linksOf(markdown).map(({ target }) => target)
  return targets.filter((target) => !/^(?:https:|#)/.test(target))
}

/** Links of the site that its own pages do not have: only what is below `packages/docs` is built. */
function linksOutOfSite(document: Document): string[] {
  const targets = linksOf(document.markdown).map(({ target }) => target)
  return targets.filter(
    (target) => !/^(?:[a-z]+:|#)/.test(target) && !placeOf(document, target)?.file.startsWith('packages/docs/'),
  )
}

async function hasAnchor(from: Document, file: string, fragment: string): Promise<boolean> {
  const { markdown } = file === from.path ? from : await readDocument(file)
  return anchorsOf(markdown).has(fragment)
}

/** Each `npx -y pnpm@10 word` that is no script of the root. */
function unknownCommands({ text }: Document): string[] {
  const words = [...text.matchAll(/npx -y pnpm@10\s+([^\s`)]+)/g)].map(([, word = '']) => word)
  return words.filter((word) => !Object.hasOwn(scripts, word) && !builtIn.includes(word))
}

/** Each `@latchkey/name` that is no package of the workspace. */
function unknownPackages({ text }: Document): string[] {
  const names = [...text.matchAll(/@latchkey\/([\w-]+)/g)].map(([, name = '']) => name)
  return names.filter((name) => !packages.includes(name))
}

describe.each(documents)('$path', (document) => {
  test('links lead somewhere', async () => {
    expect(await brokenLinks(document)).toEqual([])
  })

  test('commands exist', () => {
    expect(unknownCommands(document)).toEqual([])
  })

  test('packages exist', () => {
    expect(unknownPackages(document)).toEqual([])
  })
})

test.each(documents.filter(({ path }) => /^packages\/[\w-]+\/README\.md$/.test(path)))(
  '$path reads the same on npm: no link is relative',
  (document) => {
    expect(relativeLinks(document)).toEqual([])
  },
)

test.each(documents.filter(({ path }) => path.startsWith('packages/docs/')))(
  '$path reads the same on the site: no relative link leaves it',
  (document) => {
    expect(linksOutOfSite(document)).toEqual([])
  },
)

test('what leads nowhere is found', async () => {
  const text = [
    '# A heading: `code` & more',
    '[good](#a-heading-code--more), [bad](#a-heading), [gone](gone.md), [out](https://example.com), `[code](x)`',
    '![picture](LICENSE) [far](CONTRIBUTING.md#one-test) [too far](CONTRIBUTING.md#none)',
    'Run `npx -y pnpm@10 test` and `npx -y pnpm@10 exec vitest`, not `npx -y pnpm@10 tets`.',
    'Install @latchkey/core, not @latchkey/cor.',
    `[there](${github}/blob/main/CONTRIBUTING.md#one-test) [home](${github}#readme) [gone](${github}/tree/main/gone)`,
  ].join('\n')
  const document = toDocument('made-up.md', text)
  expect(await brokenLinks(document)).toEqual([
    'line 2: #a-heading',
    'line 2: gone.md',
    'line 3: CONTRIBUTING.md#none',
    `line 6: ${github}/tree/main/gone`,
  ])
  expect(relativeLinks(document)).toEqual(['gone.md', 'LICENSE', 'CONTRIBUTING.md#one-test', 'CONTRIBUTING.md#none'])
  const page = toDocument('packages/docs/guide/made-up.md', '[in](../index.md) [out](../../core/README.md)')
  expect(linksOutOfSite(page)).toEqual(['../../core/README.md'])
  expect(unknownCommands(document)).toEqual(['tets'])
  expect(unknownPackages(document)).toEqual(['cor'])
})
