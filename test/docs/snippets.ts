import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Document, root } from './documents.js'

/** A TypeScript code block, which has to compile as a module of its own. */
export interface Snippet {
  /** Where it begins: document and line. */
  readonly name: string
  readonly document: string
  /** Line of its opening fence. */
  readonly line: number
  readonly code: string
  /** Its file, relative to the folder of its document: what a first line `// app.ts` says, else its line. */
  readonly file: string
}

/** What a code block may say that it is. Those in a language that we compile are `ts`; `js` would go unchecked. */
export const languages: readonly string[] = ['ts', 'typescript', 'sh', 'text', 'http', 'json', 'jsonc', 'html', 'sql']

/** Every TypeScript code block of a document. */
export function snippetsOf({ path, markdown }: Document): Snippet[] {
  return markdown.fences
    .filter(({ info }) => info === 'ts' || info === 'typescript')
    .map(({ line, code }) => {
      const file = /^\/\/ ([\w./-]+\.ts)\n/.exec(code)?.[1] ?? `line-${line}.ts`
      return { name: `${path}:${line}`, document: path, line, code, file }
    })
}

/**
 * Compiles snippets, each as a module of its own, under the strict settings of the workspace and against what its packages
 * export. A snippet whose first line is a file's name, as `// verifier.ts`, can be imported by the others of its document.
 *
 * @returns the compiler's complaints by snippet name, each with document and line; none for a good snippet
 */
export async function compileSnippets(snippets: readonly Snippet[]): Promise<Map<string, string[]>> {
  const complaints = new Map<string, string[]>(snippets.map(({ name }) => [name, []]))
  // In the test folder, so that the packages are found which users would install. Its own for each run.
  const folder = await mkdtemp(join(root, 'test/.snippets-'))
  try {
    const written = await writeSnippets(folder, snippets)
    const output = await compile(folder)
    for (const line of output.split('\n').filter((text) => text.includes('error TS'))) {
      const [, file = '', at, message] = /^(.+?)\((\d+),\d+\): error (.*)$/.exec(line) ?? []
      const snippet = written.get(file)
      if (snippet === undefined) throw new Error(`The snippets could not be compiled: ${line}`)
      complaints.get(snippet.name)?.push(`${snippet.document}:${snippet.line + Number(at)} ${message}`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return complaints
}

/** Writes each snippet to its file and gives them by the path that the compiler will name. */
async function writeSnippets(folder: string, snippets: readonly Snippet[]): Promise<Map<string, Snippet>> {
  const written = new Map<string, Snippet>()
  for (const snippet of snippets) {
    const file = `${snippet.document.replaceAll('/', '-').replace(/\.md$/, '')}/${snippet.file}`
    const before = written.get(file)
    if (before !== undefined) throw new Error(`${snippet.name} and ${before.name} are both called ${snippet.file}`)
    written.set(file, snippet)
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), snippet.code)
  }
  const compilerOptions = { noEmit: true, incremental: false, moduleDetection: 'force', experimentalDecorators: true }
  const files = [...written.keys()]
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.apps.json', compilerOptions, files }),
  )
  return written
}

async function compile(folder: string): Promise<string> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  try {
    await promisify(execFile)(process.execPath, [tsc, '-p', '.', '--pretty', 'false'], { cwd: folder })
    return ''
  } catch (error) {
    // Ended with a status: that is an answer. Anything else has no output and is no answer.
    if (error instanceof Error && 'stdout' in error && String(error.stdout).includes('error TS')) {
      return String(error.stdout)
    }
    throw error
  }
}
