import * as core from '@latchkey/core'
import { expect, it } from 'vitest'

it('the main door of core holds what an app calls, and nothing else', () => {
  expect(Object.keys(core).sort()).toEqual([
    'AuthError',
    'ConfigError',
    'createDpop',
    'createKeySet',
    'createMtls',
    'createTokenDecryption',
    'createVerifier',
    'memoryReplayStore',
    'protectedResource',
    'requirementOf',
  ])
})
