import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isRuntime } from '../contract/runtime.js'
import { workspace } from '../workspace.js'
import { examples, runtimeVersion, versionOf } from './examples.js'
import { type ExampleRow, type Results, type RuntimeRow, withTables } from './results.js'

const resultsFile = join(workspace, 'test/runtimes/results.json')

const everywhere = ['fastify', 'express', 'hono', 'fetch']

/** Which frameworks run where. */
const frameworksOf: Readonly<Record<string, readonly string[]>> = {
  node: ['fastify', 'express', 'express4', 'hono', 'fetch', 'nest-express', 'nest-fastify'],
  node22: everywhere,
  node24: everywhere,
  node26: everywhere,
  bun: everywhere,
  deno: everywhere,
  workerd: ['hono', 'fetch'],
}

/** As much of what the JSON reporter writes as is counted. */
interface Report {
  readonly success: boolean
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly ancestorTitles: readonly string[] }[]
  }[]
}

/** Runs tests, and gives what became of them. */
async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-matrix-'))
  const report = join(folder, 'report.json')
  const reporting = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`]
  const options = { cwd: workspace, env: { ...process.env, ...env }, stdio: 'inherit' } as const
  const child = spawn('npx', ['-y', 'pnpm@10', 'exec', 'vitest', 'run', ...args, ...reporting], options)
  await new Promise((resolve) => child.once('exit', resolve))
  const counts = JSON.parse(readFileSync(report, 'utf8')) as Report
  rmSync(folder, { recursive: true })
  return counts
}

/** What failed; a server that did not start is one too, though the tests that wait for it were only skipped. */
function failuresIn({ success, numFailedTests }: Report): number {
  return success ? 0 : Math.max(numFailedTests, 1)
}

function runOn(runtime: string, ...args: readonly string[]): Promise<Report> {
  const frameworks = (frameworksOf[runtime] ?? []).join()
  return run(args, { CONTRACT_RUNTIME: runtime, CONTRACT_FRAMEWORKS: frameworks })
}

/** The suite, its sockets and the sessions' cases, on one runtime. */
async function tryRuntime(runtime: string): Promise<RuntimeRow> {
  const suite = await runOn(runtime, 'test/conformance/conformance.test.ts')
  const sockets = await runOn(runtime, 'test/conformance/sockets.test.ts')
  // TLS ends before a Worker.
  const tlsFailures = runtime === 'workerd' ? 0 : failuresIn(await runOn(runtime, 'test/conformance/tls.test.ts'))
  // A Worker's connections end with the request that opened them, so it has no Redis.
  const stores = runtime === 'workerd' ? 'memory' : 'memory, Redis'
  const pattern = `sessions on (${stores.replace(', ', '|')})`
  const sessions = await runOn(runtime, 'test/conformance/sessions/sessions.test.ts', '-t', pattern)
  return {
    runtime,
    version: isRuntime(runtime) ? await runtimeVersion(runtime) : process.versions.node,
    frameworks: frameworksOf[runtime] ?? [],
    cases: suite.numPassedTests,
    sockets: sockets.numPassedTests,
    sessions: sessions.numPassedTests,
    stores,
    failed: failuresIn(suite) + failuresIn(sockets) + tlsFailures + failuresIn(sessions),
  }
}

/** The examples of `@latchkey/fetch`, each run by its real framework. */
async function tryExamples(): Promise<readonly ExampleRow[]> {
  const { testResults } = await run(['--config', 'test/runtimes/vitest.config.ts'])
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  return Promise.all(
    examples.map(async (example) => {
      const own = tests.filter(({ ancestorTitles }) => ancestorTitles.includes(example.name))
      const passed = own.filter(({ status }) => status === 'passed').length
      const framework = `${example.title} ${await versionOf(example)}`
      return { name: example.name, framework, passed, failed: Math.max(own.length, 1) - passed }
    }),
  )
}

/** What earlier runs found. */
function readResults(): Results {
  return existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : { runtimes: [], examples: [] }
}

function writeResults(results: Results): void {
  writeFileSync(resultsFile, `${JSON.stringify(results, undefined, 2)}\n`)
  // As lint wants it: JSON.stringify puts each member of a list on a line of its own.
  execFileSync('npx', ['-y', 'pnpm@10', 'exec', 'biome', 'format', '--write', resultsFile], { cwd: workspace })
  const documents = withTables((path) => readFileSync(join(workspace, path), 'utf8'), results)
  for (const [path, text] of documents) writeFileSync(join(workspace, path), text)
}

const known = Object.keys(frameworksOf)
const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'suite-only': { type: 'boolean' } } })
const unknown = positionals.filter((each) => each !== 'examples' && !known.includes(each))
if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: no runtime. There are ${known.join(', ')}, examples.`)
const wanted = positionals.length > 0 ? positionals : [...known, 'examples']

let failed = 0
for (const each of wanted) {
  if (values['suite-only']) {
    failed += failuresIn(await runOn(each, 'test/conformance/conformance.test.ts', 'test/conformance/sockets.test.ts'))
    continue
  }
  if (each === 'examples') {
    const rows = await tryExamples()
    writeResults({ ...readResults(), examples: rows })
    failed += rows.reduce((sum, row) => sum + row.failed, 0)
  } else {
    const row = await tryRuntime(each)
    const before = readResults()
    const rows = new Map([...before.runtimes, row].map((found) => [found.runtime, found]))
    writeResults({ ...before, runtimes: known.flatMap((name) => rows.get(name) ?? []) })
    failed += row.failed
  }
}
process.exitCode = failed > 0 ? 1 : 0
