import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    // Unit tests run core from its sources; its subpath import names built files.
    alias: { '#signature': fileURLToPath(new URL('packages/core/src/signature/signature.node.ts', import.meta.url)) },
  },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'examples/*/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    allowOnly: false,
    // Programs are started and packages installed; a busy machine is not a failure.
    testTimeout: 30_000,
    hookTimeout: 120_000,
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
