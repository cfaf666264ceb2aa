import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    // Unit tests run core from its sources; its subpath import names built files.
    alias: { '#signature': fileURLToPath(new URL('packages/core/src/signature/signature.node.ts', import.meta.url)) },
  },
  test: { include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'examples/*/**/*.test.ts'] },
})
