import { expect, test } from 'vitest'
import { readDocuments, toDocument } from './documents.js'
import { compileSnippets, languages, snippetsOf } from './snippets.js'

const documents = await readDocuments()
const snippets = documents.flatMap(snippetsOf)
const complaints = await compileSnippets(snippets)

test('there are snippets in the README and in the packages', () => {
  const found = new Set(snippets.map(({ document }) => document))
  expect([...found]).toEqual(expect.arrayContaining(['README.md', 'packages/core/README.md']))
})

test.each(snippets)('$name compiles', ({ name }) => {
  expect(complaints.get(name)).toEqual([])
})

test.each(documents)('every code block of $path says what it is', ({ markdown }) => {
  const others = markdown.fences.filter(({ info }) => !languages.includes(info))
  expect(others.map(({ line, info }) => `line ${line}: ${info === '' ? 'nothing' : info}`)).toEqual([])
})

test('a broken snippet is named with its line, and only that one', async () => {
  const text = [
    '# Broken',
    '```ts',
    '// verifier.ts',
    "import { createVerifier } from '@latchkey/core'",
    "export const verifier = createVerifier({ issuer: 'https://id.example', audience: null })",
    '```',
    '- in a list',
    '  ```typescript',
    "  import { verifier } from './verifier.js'",
    '',
    '  verifier.verifi("token")',
    '  ```',
    '```ts',
    "import { createVerifier } from '@latchkey/core'",
    "export const verifier = createVerifier({ issuer: 'https://id.example' })",
    '```',
  ].join('\n')
  const found = await compileSnippets(snippetsOf(toDocument('broken.md', text)))
  expect([...found.keys()]).toEqual(['broken.md:2', 'broken.md:8', 'broken.md:13'])
  expect(found.get('broken.md:2')).toEqual([])
  expect(found.get('broken.md:8')).toEqual([expect.stringMatching(/^broken\.md:11 TS2551: .*verifi/)])
  expect(found.get('broken.md:13')).toEqual([expect.stringMatching(/^broken\.md:15 TS2345: /)])
})

test('two snippets of one document cannot have one name', async () => {
  const text = '```ts\n// app.ts\nexport {}\n```\n```ts\n// app.ts\nexport {}\n```\n'
  await expect(compileSnippets(snippetsOf(toDocument('twice.md', text)))).rejects.toThrow(/both called app\.ts/)
})

test('a code block that is never closed is an error', () => {
  expect(() => toDocument('open.md', 'text\n```ts\nconst a = 1\n')).toThrow('line 2')
})
