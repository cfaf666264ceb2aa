import { defineConfig } from 'vitest/config'

/** The checks of the built site: a run of their own, after `docs`. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.check.ts'],
    allowOnly: false,
    testTimeout: 180_000,
    hookTimeout: 60_000,
    reporters: ['default', '../reporter.ts'],
  },
})
