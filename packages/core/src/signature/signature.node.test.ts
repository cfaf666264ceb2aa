import * as crypto from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { encode } from '../../test/fixtures.js'
import { findKey } from '../../test/scripted-endpoint.js'
import { SecretKeySet } from '../keys/configured-keys.js'
import { verifySignature } from './signature.node.js'

vi.mock('node:crypto', async (load) => {
  const real = await load<typeof import('node:crypto')>()
  return { ...real, timingSafeEqual: vi.fn(real.timingSafeEqual) }
})

afterEach(() => vi.clearAllMocks())

describe('HMAC on node:crypto', () => {
  const secret = Buffer.alloc(32, 7)
  const key = findKey(new SecretKeySet('i', [secret]), undefined, 'HS256')

  it('is compared in constant time, whether it is right or wrong', () => {
    if (!('imported' in key)) throw new Error('There is no key.')
    const hmac = crypto.createHmac('sha256', secret).update('a.b').digest()
    expect(verifySignature(key, 'HS256', 'a.b', encode(hmac))).toBe(true)
    expect(verifySignature(key, 'HS256', 'a.b', encode(Buffer.alloc(32)))).toBe(false)
    expect(crypto.timingSafeEqual).toHaveBeenCalledTimes(2)
  })
})
