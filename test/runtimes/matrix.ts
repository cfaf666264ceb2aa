import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Row, withTable } from './results.js'

const workspace = fileURLToPath(new URL('../../../', import.meta.url))

const results = join(workspace, 'test/runtimes/results.json')
const readme = join(workspace, 'README.md')

const everywhere = ['fastify', 'express', 'hono', 'fetch']

/** Which frameworks run where. */
const frameworksOf: Readonly<Record<string, readonly string[]>> = {
  node: everywhere,
  node22: everywhere,
  node24: everywhere,
  node26: everywhere,
  bun: everywhere,
  deno: everywhere,
  workerd: ['hono', 'fetch'],
}

/** As the JSON reporter writes it. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
}

/** Runs a test file against a runtime's contract servers, and counts. */
async function run(runtime: string, file: string, pattern?: string): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-matrix-'))
  const report = join(folder, 'report.json')
  const args = ['-y', 'pnpm@10', 'exec', 'vitest', 'run', file, '--reporter=dot', '--reporter=json']
  args.push(`--outputFile.json=${report}`, ...(pattern === undefined ? [] : ['-t', pattern]))
  const frameworks = (frameworksOf[runtime] ?? []).join()
  const env = { ...process.env, CONTRACT_RUNTIME: runtime, CONTRACT_FRAMEWORKS: frameworks }
  const child = spawn('npx', args, { cwd: workspace, env, stdio: 'inherit' })
  await new Promise((resolve) => child.once('exit', resolve))
  const counts = JSON.parse(readFileSync(report, 'utf8')) as Report
  rmSync(folder, { recursive: true })
  return counts
}

const known = Object.keys(frameworksOf)
const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'suite-only': { type: 'boolean' } } })
const unknown = positionals.filter((each) => !known.includes(each))
if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: no runtime. There are ${known.join(', ')}.`)
const wanted = positionals.length > 0 ? positionals : known

let failed = 0
const rows = new Map(readRows().map((row) => [row.runtime, row]))
for (const runtime of wanted) {
  const suite = await run(runtime, 'test/conformance/conformance.test.ts')
  const sockets = await run(runtime, 'test/conformance/sockets.test.ts')
  failed += suite.numFailedTests + sockets.numFailedTests
  if (values['suite-only']) continue
  const sessions = await run(runtime, 'test/conformance/sessions/sessions.test.ts', storesOf(runtime))
  failed += sessions.numFailedTests
  rows.set(runtime, {
    runtime,
    frameworks: frameworksOf[runtime] ?? [],
    cases: suite.numPassedTests + sockets.numPassedTests,
    sessions: sessions.numPassedTests,
    failed: suite.numFailedTests + sockets.numFailedTests + sessions.numFailedTests,
  })
}
if (!values['suite-only']) writeRows(known.flatMap((runtime) => rows.get(runtime) ?? []))
process.exitCode = failed > 0 ? 1 : 0

/** A Worker's connections end with the request that opened them, so it has no Redis. */
function storesOf(runtime: string): string {
  return runtime === 'workerd' ? 'sessions on memory' : 'sessions on (memory|Redis)'
}

/** What earlier runs found. */
function readRows(): readonly Row[] {
  return existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : []
}

function writeRows(rows: readonly Row[]): void {
  writeFileSync(results, `${JSON.stringify(rows, undefined, 2)}\n`)
  writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), rows))
}
