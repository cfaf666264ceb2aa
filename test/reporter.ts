import { writeSync } from 'node:fs'
import type { TaskMeta } from 'vitest'
import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from 'vitest/node'

/** Counts of one run, and the tests that could not run, each with its reason. */
interface Tally {
  passed: number
  failed: number
  readonly skipped: { readonly name: string; readonly reason: string }[]
}

/**
 * Prints the last lines of a run: one `Skipped: <name> — <reason>` for each test that was skipped, then exactly one
 * line `N passed, N failed, N skipped`.
 *
 * A test says why it cannot run with `context.skip(condition, 'redis-server is not installed')`, a whole `describe`
 * with `skipReason` in its `meta`. One that gives no reason counts as failed, for nobody would know what to install.
 */
export default class SummaryReporter implements Reporter {
  #filtered = false

  onInit(vitest: Vitest): void {
    // With `-t` the tests that were not asked for are skipped too; they are not worth a line.
    this.#filtered = vitest.config.testNamePattern !== undefined
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tally: Tally = { passed: 0, failed: unhandledErrors.length, skipped: [] }
    for (const module of modules) countModule(module, tally, this.#filtered)
    if (tally.failed > 0) process.exitCode = 1
    // Coverage and vitest's own summary are printed after this hook; the counts are to be the last line.
    process.once('exit', () => writeSync(1, summary(tally)))
  }
}

function countModule(module: TestModule, tally: Tally, filtered: boolean): void {
  for (const test of module.children.allTests()) {
    const { state } = test.result()
    if (state === 'passed') tally.passed += 1
    else if (state === 'failed') tally.failed += 1
    else countSkipped(test, tally, filtered)
  }
  // A file or suite whose own set-up failed may have no failed test; it counts all the same.
  const suites = [module, ...module.children.allSuites()]
  tally.failed += suites.filter((suite) => suite.errors().length > 0).length
}

function countSkipped(test: TestCase, tally: Tally, filtered: boolean): void {
  const name = `${test.module.relativeModuleId} > ${test.fullName}`
  const reason = reasonOf(test)
  if (reason !== undefined) {
    tally.skipped.push({ name, reason })
  } else if (!filtered) {
    tally.failed += 1
    writeSync(2, `${name} was skipped without a reason\n`)
  }
}

function reasonOf(test: TestCase): string | undefined {
  const result = test.result()
  if (result.state === 'skipped' && result.note !== undefined) return result.note
  let suite: TestSuite | TestModule = test.parent
  while (suite.type === 'suite') {
    const meta: TaskMeta = suite.meta()
    if (meta.skipReason !== undefined) return meta.skipReason
    suite = suite.parent
  }
  return undefined
}

function summary(tally: Tally): string {
  const lines = tally.skipped.map(({ name, reason }) => `Skipped: ${name} — ${reason}`)
  lines.push(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped.length} skipped`)
  return `${lines.join('\n')}\n`
}

declare module 'vitest' {
  interface TaskMeta {
    skipReason?: string
  }
}
