import { expect, test } from 'vitest'
import { newFamilyId } from '../tokens/refresh-token.js'
import { memoryStore } from './memory-store.js'
import type { NewFamily } from './session-store.js'

test('ends the session refreshed longest ago where there are too many', async () => {
  const store = memoryStore({ maxFamilies: 2 })
  const [first, second, third] = [await newFamily(), await newFamily(), await newFamily()]
  await store.start(first)
  await store.start(second)
  await store.rotate(rotationOf(first.id, first.current))
  await store.start(third)
  expect(await store.read(second.id)).toBeNull()
  expect(await store.read(first.id)).not.toBeNull()
  expect(await store.read(third.id)).not.toBeNull()
})

async function newFamily(): Promise<NewFamily> {
  const id = await newFamilyId('alice')
  return { id, sub: 'alice', scope: [], claims: {}, current: 'a', tagKey: 'key', idleTtl: 100, absoluteTtl: 250 }
}

function rotationOf(id: string, presented: string) {
  return { id, presented, successor: 'b', sealedSuccessor: 'c', reuseGrace: 10, idleTtl: 100 }
}

test.each([0, 1.5, -1])('maxFamilies: %s is refused', (maxFamilies) => {
  expect(() => memoryStore({ maxFamilies })).toThrow('maxFamilies must be a whole number, 1 or more.')
})
