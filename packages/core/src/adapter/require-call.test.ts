import { expect, test } from 'vitest'
import { ConfigError } from '../config-error.js'
import { requireCall } from './require-call.js'

const handler = () => {}

test.each<[string, readonly unknown[], 0 | 1]>([
  ['a request and what comes next', [{}, handler], 1],
  ['a request, a response and what comes next', [{}, {}, handler], 0],
  ['a handler', [handler], 1],
  ['a handler, where nothing is taken', [handler], 0],
])('%s: somebody forgot the parentheses', (_what, given, most) => {
  expect(() => requireCall('@RequireAuth()', given, most)).toThrow(
    new ConfigError('RequireAuth: write @RequireAuth().'),
  )
})

test.each([[null], ['posts:read'], [5], [true], [['editor']]])('%j is no object of options', (options) => {
  expect(() => requireCall('@RequireAuth()', [options], 1)).toThrow(
    new ConfigError('RequireAuth: takes an object of options.'),
  )
})

test('options are for those that take them', () => {
  for (const given of [[], [undefined], [{ scope: 'read' }]]) requireCall('requireAuth()', given, 1)
  for (const given of [[], [undefined]]) requireCall('requireSameOrigin()', given, 0)
  expect(() => requireCall('requireSameOrigin()', [{}], 0)).toThrow(
    new ConfigError('requireSameOrigin: takes no options.'),
  )
})
