import { testAdapter } from '@latchkey/testing/adapter-contract'
import { describe, test } from 'vitest'
import { serveFastify } from './apps/fastify.js'

testAdapter('Fastify', serveFastify, { describe, test })
