import { describe, expect, it } from 'vitest'
import { createKey, issuer } from '../../test/fixtures.js'
import { findKey } from '../../test/scripted-endpoint.js'
import type { Jwk, JwkSet } from './jwk.js'
import { LocalKeySet } from './local-key-set.js'

const first: Jwk = createKey('ES256', { kid: 'first' }).jwk
const second: Jwk = createKey('ES256', { kid: 'second' }).jwk

/** A set that the test replaces. */
function liveSet(keys: readonly Jwk[], reload?: () => readonly Jwk[] | Promise<readonly Jwk[]>) {
  let set: JwkSet = { keys }
  const become = (next: readonly Jwk[]) => {
    set = { keys: next }
  }
  const current = () => set
  const update = async (reload: () => readonly Jwk[] | Promise<readonly Jwk[]>) => {
    become(await reload())
    return true
  }
  return {
    become,
    source: reload === undefined ? { current } : { current, reload: () => update(reload) },
  }
}

describe('LocalKeySet', () => {
  it('finds a key by its kid, without a promise', () => {
    const keySet = new LocalKeySet(issuer, liveSet([first, second]).source)
    expect(findKey(keySet, 'second', 'ES256')).toMatchObject({ kid: 'second', kty: 'EC' })
  })

  it.each([
    ['other', 'ES256', 'key_not_found'],
    ['first', 'ES384', 'key_unfit'],
    [undefined, 'EdDSA', 'key_not_found'],
  ] as const)('kid %s with %s is refused: %s', (kid, alg, reason) => {
    const keySet = new LocalKeySet(issuer, liveSet([first, second]).source)
    expect(findKey(keySet, kid, alg)).toMatchObject({ code: 'token_rejected', reason, issuer })
  })

  it('follows the set at once, and trusts no key that left it', () => {
    const { become, source } = liveSet([first])
    const keySet = new LocalKeySet(issuer, source)
    const key = findKey(keySet, 'first', 'ES256')
    if (!('kty' in key)) throw new Error('There is no key.')
    expect(keySet.trusts(key)).toBe(true)
    become([second])
    expect(keySet.trusts(key)).toBe(false)
    expect(findKey(keySet, 'first', 'ES256')).toMatchObject({ reason: 'key_not_found' })
    expect(findKey(keySet, 'second', 'ES256')).toMatchObject({ kid: 'second' })
  })

  it('keeps the object of a key that stays, so that it is still trusted', () => {
    const { become, source } = liveSet([first])
    const keySet = new LocalKeySet(issuer, source)
    const key = findKey(keySet, 'first', 'ES256')
    become([second, { ...first }])
    expect(findKey(keySet, 'first', 'ES256')).toBe(key)
  })

  it('takes another key under the same kid, or the same key for another algorithm, for another', () => {
    const { become, source } = liveSet([first])
    const keySet = new LocalKeySet(issuer, source)
    const key = findKey(keySet, 'first', 'ES256')
    if (!('kty' in key)) throw new Error('There is no key.')
    become([{ ...second, kid: 'first' }])
    expect(keySet.trusts(key)).toBe(false)
    expect(findKey(keySet, 'first', 'ES256')).not.toBe(key)
  })

  it('passes over keys that cannot be used', () => {
    const keySet = new LocalKeySet(issuer, liveSet([{ ...first, use: 'enc' }, second]).source)
    expect(keySet.snapshot().kids).toEqual(['second'])
  })

  it('reloads for a kid that it does not know, and then knows it', async () => {
    let reloads = 0
    const { source } = liveSet([first], () => {
      reloads += 1
      return [first, second]
    })
    const keySet = new LocalKeySet(issuer, source)
    expect(findKey(keySet, 'first', 'ES256')).toMatchObject({ kid: 'first' })
    expect(reloads).toBe(0)
    const found = findKey(keySet, 'second', 'ES256')
    expect(found).toBeInstanceOf(Promise)
    expect(await found).toMatchObject({ kid: 'second' })
    expect(await findKey(keySet, 'third', 'ES256')).toMatchObject({ code: 'token_rejected', reason: 'key_not_found' })
    expect(reloads).toBe(2)
  })

  it('says keys_unavailable, and not 401, where the set cannot be brought up to date', async () => {
    const keySet = new LocalKeySet(issuer, { current: () => ({ keys: [first] }), reload: async () => false })
    expect(await findKey(keySet, 'second', 'ES256')).toMatchObject({ code: 'keys_unavailable', issuer })
    expect(findKey(keySet, 'first', 'ES256')).toMatchObject({ kid: 'first' })
    await expect(keySet.refresh()).rejects.toMatchObject({ code: 'keys_unavailable' })
  })

  it('does not reload where the kid is known and something else is wrong', () => {
    const { source } = liveSet([first], () => {
      throw new Error('asked to reload')
    })
    expect(findKey(new LocalKeySet(issuer, source), 'first', 'EdDSA')).toMatchObject({ reason: 'key_unfit' })
  })

  it('forgets a kid at once', () => {
    const keySet = new LocalKeySet(issuer, liveSet([first, second]).source)
    const key = findKey(keySet, 'first', 'ES256')
    if (!('kty' in key)) throw new Error('There is no key.')
    keySet.forget('first')
    expect(keySet.trusts(key)).toBe(false)
    expect(findKey(keySet, 'first', 'ES256')).toMatchObject({ reason: 'key_not_found' })
    expect(findKey(keySet, 'second', 'ES256')).toMatchObject({ kid: 'second' })
    expect(keySet.snapshot().kids).toEqual(['second'])
  })

  it('forgets the key itself, whatever it is called later', () => {
    const { become, source } = liveSet([first, second])
    const keySet = new LocalKeySet(issuer, source)
    keySet.forget('first')
    become([{ ...first, kid: 'renamed' }, { ...first, kid: undefined }, second])
    expect(findKey(keySet, 'renamed', 'ES256')).toMatchObject({ reason: 'key_not_found' })
    expect(findKey(keySet, undefined, 'ES256')).toMatchObject({ kid: 'second' })
  })

  it('keeps a key without a kid when another is forgotten', () => {
    const { kid: _kid, ...bare } = first
    const keySet = new LocalKeySet(issuer, liveSet([bare]).source)
    keySet.forget('first')
    expect(findKey(keySet, undefined, 'ES256')).toMatchObject({ kid: undefined })
  })

  it('with ignoreKid the single key that fits is meant, whatever kid is asked for', () => {
    const { kid: _kid, ...bare } = first
    const keySet = new LocalKeySet(issuer, liveSet([bare]).source, true)
    expect(findKey(keySet, 'anything', 'ES256')).toMatchObject({ kty: 'EC' })
    expect(findKey(keySet, 'anything', 'ES384')).toMatchObject({ reason: 'key_not_found' })
  })

  it('is ready at once and shows itself as static', async () => {
    const keySet = new LocalKeySet(issuer, liveSet([first]).source)
    await expect(keySet.ready()).resolves.toBeUndefined()
    await expect(keySet.refresh()).resolves.toBeUndefined()
    expect(keySet.snapshot()).toEqual({
      issuer,
      state: 'static',
      age: null,
      kids: ['first'],
      lastError: null,
      nextAttempt: null,
    })
  })

  it('a refresh reloads', async () => {
    const keySet = new LocalKeySet(issuer, liveSet([first], () => [second]).source)
    await keySet.refresh()
    expect(keySet.snapshot().kids).toEqual(['second'])
  })
})
