import { fileURLToPath } from 'node:url'
import type { NextConfig } from 'next'

// Latchkey's packages are linked from outside this folder. In your app they are in node_modules, so leave this out.
const root = fileURLToPath(new URL('../../..', import.meta.url))

export default { turbopack: { root } } satisfies NextConfig
