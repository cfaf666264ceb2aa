import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { decodeSignature } from './decode-signature.js'

it('gives the bytes of the signature that is asked for, whichever was decoded before', () => {
  const signatures = [32, 64, 64, 256, 512, 2048, 64].map((length) => randomBytes(length))
  for (const bytes of [...signatures, ...signatures.toReversed(), ...signatures]) {
    expect(decodeSignature(bytes.toString('base64url'))).toEqual(new Uint8Array(bytes))
  }
})

it('refuses what is empty or not canonical, also when asked again, and spoils no other', () => {
  const good = randomBytes(64).toString('base64url')
  for (const bad of ['', 'A', 'AB', `${good.slice(0, -1)}=`, `${good.slice(0, -1)}é`]) {
    expect(decodeSignature(bad)).toBeUndefined()
    expect(decodeSignature(bad)).toBeUndefined()
    expect(decodeSignature(good)).toEqual(new Uint8Array(Buffer.from(good, 'base64url')))
  }
})
