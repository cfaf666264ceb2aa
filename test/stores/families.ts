import { createHash, randomBytes } from 'node:crypto'
import type { NewFamily, Rotation } from '@latchkey/session'
import { toStoredText } from '@latchkey/session/store-kit'

/** The issuer that these tests are about. */
export const issuer = 'https://issuer.example'

/** A value like a hash, never the same twice. */
export function newHash(): string {
  return randomBytes(32).toString('base64url')
}

/** A family to begin, as sessions would. */
export function newFamily(change: Partial<NewFamily> = {}): NewFamily {
  const sub = change.sub ?? `user-${newHash()}`
  const digest = createHash('sha256').update(toStoredText(sub)).digest()
  return {
    id: digest.subarray(0, 12).toString('base64url') + randomBytes(15).toString('base64url'),
    sub,
    audience: ['https://api.example'],
    scope: ['read'],
    claims: {},
    label: null,
    current: newHash(),
    tagKey: newHash(),
    idleTtl: 1_296_000,
    absoluteTtl: 2_592_000,
    accessTtl: 370,
    perSubject: 100,
    ...change,
  }
}

/** A step from a presented hash to a new one. */
export function rotation(id: string, presented: string, change: Partial<Rotation> = {}): Rotation {
  const successor = newHash()
  const sealedSuccessor = `sealed ${successor}`
  return { id, presented, successor, sealedSuccessor, reuseGrace: 10, idleTtl: 1_296_000, accessTtl: 370, ...change }
}
