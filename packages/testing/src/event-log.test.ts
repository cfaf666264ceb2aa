import type { CoreEvent } from '@latchkey/core'
import { expect, it } from 'vitest'
import { createEventLog } from './event-log.js'

const denied: CoreEvent = { type: 'denied', code: 'token_missing', reason: 'token_missing' }
const unknown: CoreEvent = { type: 'key_unknown', issuer: 'https://issuer.test', kid: 'k' }

it('keeps events in their order and sorts them out by type', () => {
  const { onEvent, ...log } = createEventLog()
  for (const event of [denied, unknown, denied]) onEvent(event)
  expect(log.events).toEqual([denied, unknown, denied])
  expect(log.ofType('denied').map(({ code }) => code)).toEqual(['token_missing', 'token_missing'])
  expect(log.ofType('keys_refreshed')).toEqual([])
})

it('forgets what it is told to', () => {
  const log = createEventLog()
  log.onEvent(denied)
  log.clear()
  expect(log.events).toEqual([])
  log.onEvent(unknown)
  expect(log.events).toEqual([unknown])
})

it('takes events of any kind that has types', () => {
  const log = createEventLog<{ readonly type: 'tick'; readonly n: number } | { readonly type: 'tock' }>()
  log.onEvent({ type: 'tick', n: 1 })
  expect(log.ofType('tick').map(({ n }) => n)).toEqual([1])
})
