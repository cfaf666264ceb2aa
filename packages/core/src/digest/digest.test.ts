import { describe, expect, it } from 'vitest'
import * as web from './digest.js'
import * as node from './digest.node.js'

describe.each([
  ['Node', node],
  ['Web', web],
])('digests by %s', (_name, { sha256, hmacSha256 }) => {
  it('hashes text and bytes alike (FIPS 180-2, appendix B.1)', async () => {
    const expected = Buffer.from('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', 'hex')
    expect(await sha256('abc')).toBe(expected.toString('base64url'))
    expect(await sha256(new Uint8Array([97, 98, 99]))).toBe(expected.toString('base64url'))
    expect(await sha256('é\ud800')).toBe(await sha256(new TextEncoder().encode('é\ufffd')))
  })

  it('authenticates (RFC 4231 §4.3)', async () => {
    const expected = Buffer.from('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843', 'hex')
    expect(await hmacSha256(new TextEncoder().encode('Jefe'), 'what do ya want for nothing?')).toBe(
      expected.toString('base64url'),
    )
  })
})
