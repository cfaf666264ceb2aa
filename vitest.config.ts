import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const never = ['**/node_modules/**', '**/dist/**']

/** What depends on how fast it is served: databases that fail in the middle of something, and browsers. */
const alone = ['test/races/**', 'test/stores/**', 'test/browser/**', 'examples/p*/**']

export default defineConfig({
  plugins: [coreFromSources()],
  test: {
    // One group after the other.
    projects: [
      group(0, 'side by side', '100%', ['packages/*/src/**', 'test/**', 'examples/**'].map(tests), alone.map(tests)),
      group(1, 'alone', 1, alone.map(tests), []),
    ],
    allowOnly: false,
    // Programs are started and packages installed; a busy machine is not a failure.
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Less only in a test of how soon something happens.
    expect: { poll: { timeout: 15_000 } },
    reporters: ['default', './test/reporter.ts'],
    coverage: {
      provider: 'v8',
      include: ['packages/core/src/**/*.ts'],
      exclude: ['**/*.test.ts', 'packages/core/src/index.ts'],
      reporter: [['text', { skipFull: true }], 'json-summary'],
      thresholds: { 'packages/core/src/**': { statements: 100 } },
    },
  },
})

/**
 * Unit tests run core from its sources, whose subpath imports name built files. Only sources get sources: the tests of other
 * packages run core as it was built, and must not get some of its modules twice.
 */
function coreFromSources() {
  const core = fileURLToPath(new URL('packages/core/src/', import.meta.url))
  const sources = new Map([
    ['#digest', 'digest/digest.node.ts'],
    ['#fetch', 'keys/platform-fetch.node.ts'],
    ['#signature', 'signature/signature.node.ts'],
  ])
  return {
    name: 'core-from-sources',
    enforce: 'pre' as const,
    resolveId(id: string, importer: string | undefined) {
      const path = importer?.startsWith(core) ? sources.get(id) : undefined
      return path === undefined ? undefined : core + path
    },
  }
}

/** Test files that run on so many processes (a share of the cores), and apart from those of other groups. */
function group(order: number, name: string, maxWorkers: number | string, include: string[], exclude: string[]) {
  const test = { name, include, exclude: [...never, ...exclude], maxWorkers, sequence: { groupOrder: order } }
  return { extends: true as const, test }
}

function tests(folder: string): string {
  return `${folder}/*.test.ts`
}
