import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const folder = fileURLToPath(new URL('runners', import.meta.url))
const jest = createRequire(import.meta.url).resolve('jest/bin/jest')
const jestConfig = { rootDir: folder, testMatch: ['**/*.jest.mjs'], testEnvironment: 'node', transform: {} }

/** Runs Node to its own end: neither runner here closes an issuer, so that one must not keep the process alive. */
async function run(args: readonly string[]): Promise<{ readonly status: unknown; readonly output: string }> {
  // Node's runner reports otherwise where another runner has started it.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined }
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  const [status] = await once(child, 'close')
  return { status, output: (await output).join('') }
}

it('works in node:test', { timeout: 60_000 }, async () => {
  const { status, output } = await run(['--test', '--test-reporter=tap', 'kit.node.mjs'])
  expect(output).toContain('# pass 2')
  expect(output).toContain('# fail 0')
  expect(status).toBe(0)
})

it('works in Jest, as ESM', { timeout: 60_000 }, async () => {
  const args = ['--experimental-vm-modules', jest, '--ci', '--config', JSON.stringify(jestConfig)]
  const { status, output } = await run(args)
  expect(output).toContain('2 passed, 2 total')
  expect(output).not.toContain('did not exit')
  expect(status).toBe(0)
})

it("works in Jest's default mode, with the line of the README", { timeout: 60_000 }, async () => {
  const readme = await readFile(new URL('../../packages/testing/README.md', import.meta.url), 'utf8')
  // Without the line it is Jest's default, which leaves these packages as they are.
  const [, ignored = '/node_modules/'] = /transformIgnorePatterns: \['(.+)'\]/.exec(readme) ?? []
  const transform = { '\\.m?js$': './to-commonjs.cjs' }
  const config = { ...jestConfig, transform, transformIgnorePatterns: [ignored] }
  const { status, output } = await run([jest, '--ci', '--no-cache', '--config', JSON.stringify(config)])
  expect(output).toContain('2 passed, 2 total')
  expect(status).toBe(0)
})
