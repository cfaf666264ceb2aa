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

/** Where a relative link leads nowhere. */
async function brokenLinks(document: Document): Promise<string[]> {
  const broken: string[] = []
  for (const { target, line } of linksOf(document.markdown)) {
    if (/^[a-z]+:/.test(target)) continue
    const [path = '', fragment] = target.split('#')
    const file = path === '' ? document.path : normalize(join(dirname(document.path), path))
    const exists = file === document.path || existsSync(join(root, file))
    if (!exists || (fragment !== undefined && !(await hasAnchor(document, file, fragment)))) {
      broken.push(`line ${line}: ${target}`)
    }
  }
  return broken
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

test('what leads nowhere is found', async () => {
  const text = [
    '# A heading: `code` & more',
    '[good](#a-heading-code--more), [bad](#a-heading), [gone](gone.md), [out](https://example.com), `[code](x)`',
    '![picture](LICENSE) [far](CONTRIBUTING.md#one-test) [too far](CONTRIBUTING.md#none)',
    'Run `npx -y pnpm@10 test` and `npx -y pnpm@10 exec vitest`, not `npx -y pnpm@10 tets`.',
    'Install @latchkey/core, not @latchkey/cor.',
  ].join('\n')
  const document = toDocument('made-up.md', text)
  expect(await brokenLinks(document)).toEqual(['line 2: #a-heading', 'line 2: gone.md', 'line 3: CONTRIBUTING.md#none'])
  expect(unknownCommands(document)).toEqual(['tets'])
  expect(unknownPackages(document)).toEqual(['cor'])
})
