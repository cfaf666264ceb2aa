import { testAdapter } from '@latchkey/testing/adapter-contract'
import { describe, test } from 'vitest'
import { serveExpress, serveExpress4 } from './apps/express.js'

testAdapter('Express', serveExpress, { describe, test })
testAdapter('Express 4', serveExpress4, { describe, test })
