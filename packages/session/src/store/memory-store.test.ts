import { expect, test } from 'vitest'
import { newFamilyId } from '../tokens/refresh-token.js'
import { memoryStore } from './memory-store.js'
import type { NewFamily } from './session-store.js'

const issuer = 'https://app.example'

test('ends the session refreshed longest ago where there are too many of all, and says so', async () => {
  const whole = memoryStore({ maxFamilies: 2 })
  const [store, others] = [whole.familiesOf(issuer), whole.familiesOf('https://other.example')]
  const [first, second, third] = [await newFamily('alice'), await newFamily('bob'), await newFamily('carol')]
  await store.start(first)
  await others.start(second)
  await store.rotate(rotationOf(first.id, first.current))
  const told: string[] = []
  await others.revocations.watch({ revoked: (id) => void told.push(id), unsure: () => {}, sure: () => {} })
  expect((await store.start(third)).evicted).toMatchObject([{ id: second.id }])
  expect(await others.read(second.id)).toEqual({ gone: 'ended' })
  expect(told).toEqual([second.id])
  expect(await store.read(first.id)).toHaveProperty('current')
  expect(await store.read(third.id)).toHaveProperty('current')
})

test('with a full subject and a full memory ends no more than it must', async () => {
  const store = memoryStore({ maxFamilies: 2 }).familiesOf(issuer)
  const [own, other, next] = [await newFamily('alice'), await newFamily('bob'), await newFamily('alice')]
  await store.start(other)
  await store.start(own)
  expect((await store.start({ ...next, perSubject: 1 })).evicted).toMatchObject([{ id: own.id }])
  expect(await store.read(other.id)).toHaveProperty('current')
})

async function newFamily(sub: string): Promise<NewFamily> {
  const [id, audience] = [await newFamilyId(sub), ['https://api.example']]
  const limits = { idleTtl: 100, absoluteTtl: 250, accessTtl: 30, perSubject: 100 }
  return { id, sub, audience, scope: [], claims: {}, label: null, current: 'a', tagKey: 'key', ...limits }
}

function rotationOf(id: string, presented: string) {
  return { id, presented, successor: 'b', sealedSuccessor: 'c', reuseGrace: 10, idleTtl: 100, accessTtl: 30 }
}

test.each([0, 1.5, -1])('maxFamilies: %s is refused', (maxFamilies) => {
  expect(() => memoryStore({ maxFamilies })).toThrow('maxFamilies must be a whole number, 1 or more.')
})
