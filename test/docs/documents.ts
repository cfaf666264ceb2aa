import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Markdown, parseMarkdown } from './markdown.js'

/** The workspace's root folder. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url))

const site = 'packages/docs'

/** A document that users read. */
export interface Document {
  /** Relative to the root, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly markdown: Markdown
}

/** Every document at the root, every README of a package, an example or the tests, and every page of the site that is written by hand. */
export async function readDocuments(): Promise<Document[]> {
  const paths = (await readdir(root)).filter((name) => name.endsWith('.md'))
  paths.push('test/README.md')
  for (const folder of ['packages', 'examples', 'test']) {
    for (const name of await readdir(join(root, folder))) paths.push(`${folder}/${name}/README.md`)
  }
  for (const name of await readdir(join(root, site), { recursive: true })) {
    const path = `${site}/${name.replaceAll('\\', '/')}`
    if (path.endsWith('.md') && !/\/(?:node_modules|reference|\.vitepress)\//.test(path)) paths.push(path)
  }
  const documents = paths.filter((path) => existsSync(join(root, path))).map(readDocument)
  return (await Promise.all(documents)).sort((a, b) => a.path.localeCompare(b.path))
}

/** Reads one document. */
export async function readDocument(path: string): Promise<Document> {
  return toDocument(path, await readFile(join(root, path), 'utf8'))
}

/** A document of that text. */
export function toDocument(path: string, text: string): Document {
  return { path, text, markdown: parseMarkdown(text) }
}
