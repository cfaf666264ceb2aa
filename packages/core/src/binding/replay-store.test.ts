import { describe, expect, it } from 'vitest'
import { now } from '../../test/fixtures.js'
import { ConfigError } from '../config-error.js'
import { memoryReplayStore } from './replay-store.js'

describe('memoryReplayStore', () => {
  it('burns an id once until it expires, whatever expiry a second proof names', () => {
    const store = memoryReplayStore()
    expect(store.burn('a', now + 70, now)).toBe(true)
    expect(store.burn('a', now + 70, now)).toBe(false)
    expect(store.burn('a', now + 75, now + 69.9)).toBe(false)
    expect(store.burn('a', now + 140, now + 70)).toBe(true)
  })

  it('knows ids apart', () => {
    const store = memoryReplayStore()
    expect(store.burn('a', now + 70, now)).toBe(true)
    expect(store.burn('b', now + 70, now)).toBe(true)
  })

  it('full, says so and forgets nothing', () => {
    const store = memoryReplayStore({ maxEntries: 2 })
    store.burn('a', now + 70, now)
    store.burn('b', now + 71, now)
    expect(() => store.burn('c', now + 70, now)).toThrow('full')
    expect(store.burn('a', now + 70, now + 69)).toBe(false)
    expect(store.burn('b', now + 71, now + 69)).toBe(false)
  })

  it('has room again once one has expired', () => {
    const store = memoryReplayStore({ maxEntries: 2 })
    store.burn('a', now + 70, now)
    store.burn('b', now + 71, now)
    expect(store.burn('c', now + 140, now + 70)).toBe(true)
    expect(() => store.burn('d', now + 140, now + 70)).toThrow('full')
  })

  it('forgets nothing when the clock steps back', () => {
    const store = memoryReplayStore()
    store.burn('a', now + 70, now)
    expect(store.burn('a', now + 70, now - 1000)).toBe(false)
  })

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5'])('refuses maxEntries %j', (maxEntries) => {
    expect(() => memoryReplayStore({ maxEntries: maxEntries as number })).toThrow(ConfigError)
  })

  it.each([null, { maxEntires: 5 }])('refuses options that it does not know: %j', (options) => {
    expect(() => memoryReplayStore(options as object)).toThrow(ConfigError)
  })

  it('holds 100,000 unless told otherwise', () => {
    const store = memoryReplayStore()
    for (let i = 0; i < 100_000; i++) store.burn(`id ${i}`, now + 70, now)
    expect(() => store.burn('one more', now + 70, now)).toThrow('full')
  })
})
