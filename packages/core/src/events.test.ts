import { afterEach, describe, expect, it, vi } from 'vitest'
import { type CoreEvent, createEmit } from './events.js'

const event: CoreEvent = { type: 'denied', code: 'token_missing', reason: 'token_missing' }

afterEach(() => vi.unstubAllGlobals())

describe('createEmit', () => {
  it('hands every event to the listener, in order', () => {
    const seen: CoreEvent[] = []
    const emit = createEmit<CoreEvent>((each) => seen.push(each))
    const other: CoreEvent = { type: 'key_unknown', issuer: 'i', kid: 'k' }
    emit(event)
    emit(other)
    expect(seen).toEqual([event, other])
  })

  it('does nothing where nobody listens', () => {
    expect(() => createEmit(undefined)(event)).not.toThrow()
  })

  it('reports what a listener throws as an uncaught exception, after the answer', () => {
    const queued: (() => void)[] = []
    vi.stubGlobal('queueMicrotask', (task: () => void) => queued.push(task))
    const bug = new Error('a bug of the app')
    const emit = createEmit<CoreEvent>(() => {
      throw bug
    })
    expect(() => emit(event)).not.toThrow()
    expect(queued).toHaveLength(1)
    expect(queued[0]).toThrow(bug)
  })
})
