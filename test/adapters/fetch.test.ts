import { testAdapter } from '@latchkey/testing/adapter-contract'
import { describe, test } from 'vitest'
import { serveFetch } from './apps/fetch.js'

testAdapter('Fetch', serveFetch, { describe, test })
