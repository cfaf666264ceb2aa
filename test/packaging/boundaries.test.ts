import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publishable, root } from './workspace.js'

const run = promisify(execFile)
const adapters = ['fastify', 'express', 'hono', 'fetch']

/** A file that would sit at `from`, what it imports, and what lint has to say to it. */
interface Case {
  readonly from: string
  readonly imports: string
  /** The file's name, where that matters. */
  readonly as?: string
  readonly verdict: 'allowed' | 'refused'
}

function allowed(from: string, ...specifiers: string[]): Case[] {
  return specifiers.map((imports) => ({ from, imports, verdict: 'allowed' }))
}

function refused(from: string, ...specifiers: string[]): Case[] {
  return specifiers.map((imports) => ({ from, imports, verdict: 'refused' }))
}

const cases: Case[] = [
  ...refused(
    'packages/core/src',
    '@latchkey/session',
    '@latchkey/testing',
    'fastify',
    'express',
    'hono',
    'hono/cookie',
  ),
  ...refused('packages/core/src', 'node:crypto', 'node:fs/promises', '../../session/src/index.js'),
  ...refused('packages/core/src/token', 'node:buffer', '@latchkey/session', '../../../session/dist/index.js'),
  ...allowed('packages/core/src/token', '../clock.js', 'jose', 'lru-cache'),
  { from: 'packages/core/src', as: 'native.node.ts', imports: 'node:crypto', verdict: 'allowed' },
  { from: 'packages/core/src', as: 'native.test.ts', imports: 'node:crypto', verdict: 'allowed' },
  { from: 'packages/core/src', as: 'other.node.ts', imports: '@latchkey/session', verdict: 'refused' },
  { from: 'packages/core/src', as: 'other.test.ts', imports: '@latchkey/fastify', verdict: 'refused' },
  ...allowed('packages/core/test', '../src/clock.js', 'node:http'),
  ...refused('packages/core/test', '../../session/src/index.js', '@latchkey/fastify', 'fastify'),
  { from: 'packages/hono/src', as: 'native.test.ts', imports: 'node:http', verdict: 'allowed' },
  { from: 'packages/hono/src', as: 'other.test.ts', imports: '@latchkey/express', verdict: 'refused' },
  ...adapters.flatMap((name) => [
    ...allowed(
      `packages/${name}/src`,
      '@latchkey/core',
      '@latchkey/core/adapter',
      '@latchkey/core/openapi',
      '@latchkey/session',
      '@latchkey/session/adapter',
      './guard.js',
    ),
    ...adapters
      .filter((other) => other !== name)
      .flatMap((other) => refused(`packages/${name}/src`, `@latchkey/${other}`, `../../${other}/src/index.js`)),
    ...refused(`packages/${name}/src`, '@latchkey/redis', '@latchkey/postgres', '@latchkey/testing'),
    ...refused(`packages/${name}/src`, '@latchkey/core/dist/authenticate.js', '@latchkey/core/src/authenticate.js'),
    ...refused(`packages/${name}/src/deep`, '../../../core/src/index.js', '../../../../packages/core/src/index.js'),
  ]),
  ...['hono', 'fetch'].flatMap((name) => refused(`packages/${name}/src`, 'node:http', 'node:timers/promises')),
  ...allowed(
    'packages/nest/src',
    '@latchkey/core',
    '@latchkey/core/adapter',
    '@latchkey/core/openapi',
    '@nestjs/common',
  ),
  ...refused('packages/nest/src', '@latchkey/express', '@latchkey/fastify', '@latchkey/session', '../../core/src/a.js'),
  ...['session', 'introspection'].flatMap((name) => [
    ...allowed(`packages/${name}/src`, '@latchkey/core', '@latchkey/core/adapter'),
    ...refused(`packages/${name}/src`, '@latchkey/fastify', '@latchkey/redis', '@latchkey/testing'),
    ...refused(`packages/${name}/src`, '@latchkey/core/dist/a.js', '../../core/src/index.js'),
  ]),
  ...refused('packages/introspection/src', '@latchkey/session'),
  ...refused('packages/opentelemetry/src', '@latchkey/fastify', '../../core/src/index.js'),
  ...allowed('packages/oidc/src', '@latchkey/core', '@latchkey/session', '@latchkey/session/adapter', 'openid-client'),
  ...refused('packages/oidc/src', '@latchkey/hono', '@latchkey/introspection', '../../session/src/index.js'),
  ...['redis', 'postgres', 'testing'].flatMap((name) => [
    ...allowed(`packages/${name}/src`, '@latchkey/core', '@latchkey/core/adapter', '@latchkey/session'),
    ...refused(
      `packages/${name}/src`,
      '@latchkey/fastify',
      '@latchkey/session/dist/index.js',
      '../../session/src/a.js',
    ),
  ]),
  ...['examples/fastify', 'test/conformance', 'test/attacks/deep'].flatMap((folder) => [
    ...allowed(folder, '@latchkey/core', '@latchkey/fastify', '@latchkey/testing', './other.js'),
    ...refused(folder, '@latchkey/core/dist/a.js', '@latchkey/core/src/a.js', '../../packages/core/src/index.js'),
    ...refused(folder, '../../../packages/core/dist/index.js'),
  ]),
  ...refused('examples/fastify', '../../test/reporter.js', '../../examples/hono/app.js'),
]

function fileOf({ from, imports, as }: Case): string {
  return `${from}/${as ?? `${imports.replaceAll(/[^a-z]/g, '_')}_${imports.length}.ts`}`
}

let tree: string
let findings: Set<string>

/** Lints, in one run, a copy of the workspace that holds nothing but its configuration and the cases. */
beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'latchkey-boundaries-'))
  for (const file of ['biome.json', '.gitignore']) await cp(join(root, file), join(tree, file))
  for (const { folder } of await publishable()) {
    await mkdir(join(tree, folder), { recursive: true })
    await cp(join(root, folder, 'package.json'), join(tree, folder, 'package.json'))
  }
  for (const entry of cases) {
    const file = join(tree, fileOf(entry))
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, `import * as imported from '${entry.imports}'\n\nexport const names: object = imported\n`)
  }
  findings = await lint(tree)
})

afterAll(() => rm(tree, { recursive: true, force: true }))

async function lint(folder: string): Promise<Set<string>> {
  const args = ['lint', '--only=style/noRestrictedImports', '--reporter=json', '--max-diagnostics=none', '.']
  const biome = join(root, 'node_modules/.bin/biome')
  const { stdout } = await run(biome, args, { cwd: folder }).catch((error: { stdout: string }) => error)
  const report: { diagnostics: { category: string; location: { path: string } }[] } = JSON.parse(stdout)
  const found = report.diagnostics.filter(({ category }) => category === 'lint/style/noRestrictedImports')
  return new Set(found.map(({ location }) => location.path))
}

describe('import boundaries', () => {
  test.each(cases)('$from importing $imports is $verdict', (entry) => {
    expect(findings.has(fileOf(entry)) ? 'refused' : 'allowed').toBe(entry.verdict)
  })

  test('no source switches a check off', async () => {
    const silenced = /biome-[i]gnore|@ts-(?:ignore|nocheck)|\bas [a]ny\b|[e]slint-disable|v8 [i]gnore/
    const offenders: string[] = []
    for (const folder of ['packages', 'examples', 'test']) {
      for (const file of await sources(join(root, folder))) {
        if (silenced.test(await readFile(file, 'utf8'))) offenders.push(file.slice(root.length))
      }
    }
    expect(offenders).toEqual([])
  })
})

/** Folders that nobody wrote. */
const isMade = /^(?:node_modules|dist|build|\..+)$/

/** All TypeScript in a folder that somebody wrote. */
async function sources(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const found: string[] = []
  for (const entry of entries) {
    if (entry.isDirectory() && !isMade.test(entry.name)) {
      found.push(...(await sources(join(folder, entry.name))))
    } else if (entry.isFile() && entry.name.endsWith('.ts')) {
      found.push(join(folder, entry.name))
    }
  }
  return found
}
