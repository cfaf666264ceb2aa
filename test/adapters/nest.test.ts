import { testAdapter } from '@latchkey/testing/adapter-contract'
import { describe, test } from 'vitest'
import { serveNestExpress, serveNestFastify } from './apps/nest.js'

testAdapter('Nest on Express', serveNestExpress, { describe, test })
testAdapter('Nest on Fastify', serveNestFastify, { describe, test })
