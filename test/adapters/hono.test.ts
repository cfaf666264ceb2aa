import { testAdapter } from '@latchkey/testing/adapter-contract'
import { describe, test } from 'vitest'
import { serveHono } from './apps/hono.js'

testAdapter('Hono', serveHono, { describe, test })
