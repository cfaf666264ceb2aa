import { defineConfig } from 'vitest/config'

/** The examples on frameworks that take long to fetch and build: a run of their own, `npx -y pnpm@10 matrix examples`. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.check.ts'],
    allowOnly: false,
    testTimeout: 30_000,
    hookTimeout: 600_000,
    reporters: ['default', '../reporter.ts'],
  },
})
