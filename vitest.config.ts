import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    // Unit tests run core from its sources; its subpath imports name built files.
    alias: {
      '#base64url': source('token/base64url.node.ts'),
      '#get': source('keys/get.node.ts'),
      '#digest': source('digest/digest.node.ts'),
      '#signature': source('signature/signature.node.ts'),
    },
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

function source(path: string): string {
  return fileURLToPath(new URL(`packages/core/src/${path}`, import.meta.url))
}
