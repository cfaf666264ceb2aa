import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { linksOf, parseMarkdown } from '../docs/markdown.js'
import { dependenciesOf, installConsumer, mustRun, packAll, run, tokenOf } from './tarballs.js'
import { publishable, root } from './workspace.js'

const packages = await publishable()

let folder: string
let consumer: string
let tarballs: Map<string, string>
let offline: string | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-packaging-'))
  consumer = join(folder, 'consumer')
  tarballs = await packAll(folder)
  offline = await installConsumer(consumer, 'consumer', await dependenciesOf(tarballs))
}, 180_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

function tarballOf(name: string): string {
  const tarball = tarballs.get(name)
  if (tarball === undefined) throw new Error(`${name} was not packed`)
  return tarball
}

const github = 'https://github.com/latchkey/latchkey'

/** A file of a package as it is published. */
function packed(name: string, file: string): Promise<string> {
  return mustRun('tar', ['-xzOf', tarballOf(name), `package/${file}`], folder)
}

describe.each(packages)('$name as published', ({ name, folder: folderOf }) => {
  test('holds dist, package.json, README and LICENSE, and nothing else but a dashboard', async () => {
    const dashboards = name === '@latchkey/opentelemetry' ? ['package/grafana.json'] : []
    const files = (await mustRun('tar', ['-tzf', tarballOf(name)], folder)).trim().split('\n')
    const outside = files.filter((file) => !/^package\/dist\/.+\.(?:js|d\.ts)$/.test(file)).sort()
    expect(outside).toEqual(['package/LICENSE', 'package/README.md', ...dashboards, 'package/package.json'])
    expect(files).toContain('package/dist/index.js')
    expect(files).toContain('package/dist/index.d.ts')
    expect(files.filter((file) => file.includes('.test.'))).toEqual([])
  })

  test('speaks of no workspace in its manifest', async () => {
    const manifest = await mustRun('tar', ['-xzOf', tarballOf(name), 'package/package.json'], folder)
    expect(manifest).not.toMatch(/workspace:|catalog:/)
  })

  test('leads to its source, its home and where to report what is wrong', async () => {
    const { repository, homepage, bugs, keywords } = JSON.parse(await packed(name, 'package.json'))
    expect(repository).toEqual({ type: 'git', url: `git+${github}.git`, directory: folderOf })
    expect(homepage).toBe(`${github}/tree/main/${folderOf}#readme`)
    expect(bugs).toBe(`${github}/issues`)
    expect(keywords).toEqual(expect.arrayContaining(['jwt', 'authentication']))
  })

  test('has a README whose links lead somewhere from the registry: none is relative', async () => {
    const targets = linksOf(parseMarkdown(await packed(name, 'README.md'))).map(({ target }) => target)
    expect(targets.filter((target) => !/^(?:https:|#)/.test(target))).toEqual([])
  })

  test('satisfies publint', async () => {
    const { code, output } = await run(
      join(root, 'test/node_modules/.bin/publint'),
      [tarballOf(name), '--strict'],
      root,
    )
    expect(code, output).toBe(0)
    expect(output).toContain('All good!')
  })

  test('satisfies attw', async () => {
    const args = [
      tarballOf(name),
      '--profile',
      'strict',
      '--ignore-rules',
      'cjs-resolves-to-esm',
      '--no-color',
      '--no-emoji',
    ]
    const { code, output } = await run(join(root, 'test/node_modules/.bin/attw'), args, root)
    expect(code, output).toBe(0)
  })

  test('gives the same names to import and to require', async (context) => {
    context.skip(offline !== undefined, offline)
    const names = (loaded: string) => `console.log(JSON.stringify(Object.keys(${loaded}).sort()))`
    const imported = await mustRun('node', ['--input-type=module', '-e', names(`await import('${name}')`)], consumer)
    const required = await mustRun('node', ['-e', names(`require('${name}')`)], consumer)
    expect(JSON.parse(required).filter((key: string) => key !== '__esModule')).toEqual(JSON.parse(imported))
    expect(JSON.parse(imported).length).toBeGreaterThan(0)
  })
})

describe('an app outside the workspace', () => {
  const secret = randomBytes(32).toString('base64url')

  test('type-checks, as ES modules and as CommonJS', async (context) => {
    context.skip(offline !== undefined, offline)
    const { code, output } = await run(join(root, 'node_modules/.bin/tsc'), ['-p', '.'], consumer)
    expect(code, output).toBe(0)
  })

  test.for([
    ['ES modules', 'out/consumer.mjs'],
    ['CommonJS', 'out/consumer.cjs'],
  ] as const)('guards a route in each framework, as %s', async ([, file], context) => {
    context.skip(offline !== undefined, offline)
    const output = await mustRun('node', [file, secret, tokenOf(secret)], consumer)
    expect(JSON.parse(output)).toEqual({ fastify: [401, 200], express: [401, 200], hono: [401, 200] })
  })
})
