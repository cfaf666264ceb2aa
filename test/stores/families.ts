import { createHash, randomBytes } from 'node:crypto'
import type { NewFamily, Rotation } from '@latchkey/session'

/** A value like a hash, never the same twice. */
export function newHash(): string {
  return randomBytes(32).toString('base64url')
}

/** A family to begin, as sessions would. */
export function newFamily(change: Partial<NewFamily> = {}): NewFamily {
  const sub = change.sub ?? `user-${newHash()}`
  const digest = createHash('sha256').update(sub).digest()
  return {
    id: digest.subarray(0, 2).toString('base64url') + randomBytes(16).toString('base64url'),
    sub,
    scope: ['read'],
    claims: {},
    current: newHash(),
    tagKey: newHash(),
    idleTtl: 1_296_000,
    absoluteTtl: 2_592_000,
    ...change,
  }
}

/** A step from a presented hash to a new one. */
export function rotation(id: string, presented: string, change: Partial<Rotation> = {}): Rotation {
  const successor = newHash()
  const sealedSuccessor = `sealed ${successor}`
  return { id, presented, successor, sealedSuccessor, reuseGrace: 10, idleTtl: 1_296_000, ...change }
}
