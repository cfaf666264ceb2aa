import { expect, it, vi } from 'vitest'
import type { KeySet } from '../keys/key-set.js'
import { Lease, leased } from './lease.js'

it('trusts a key only as long as it holds, and hands on all else', () => {
  const keySet = {
    find: vi.fn(),
    trusts: vi.fn(() => true),
    start: vi.fn(),
    forget: vi.fn(),
    snapshot: vi.fn(),
    ready: vi.fn(),
    refresh: vi.fn(),
  }
  let now = 1000
  const lease = new Lease()
  lease.renew(1000, 60)
  const held = leased(keySet as unknown as KeySet, lease, () => now)
  held.start()
  void held.ready()
  void held.refresh()
  void held.find({ issuer: 'i', kid: 'k', alg: 'ES256', claims: {} })
  held.forget('kid')
  held.snapshot()
  for (const name of ['start', 'ready', 'refresh', 'find'] as const) expect(keySet[name]).toHaveBeenCalledOnce()
  expect(keySet.forget).toHaveBeenCalledWith('kid')
  const key = {} as Parameters<KeySet['trusts']>[0]
  expect(held.trusts(key)).toBe(true)
  now = 1060
  expect(held.trusts(key)).toBe(false)
})
