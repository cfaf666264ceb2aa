import type { Algorithm } from '@latchkey/core'
import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { createIssuer, encode, goodClaims, staticOptions } from './harness/issuer.js'

// An ECDSA signature of zeros that fits every message (CVE-2022-21449), and its relatives.

const orders = {
  ES256: 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
  ES384: 'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
  ES512: `01ff${'ff'.repeat(31)}fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409`,
} as const

describe.each(Object.entries(orders))('%s', (alg, order) => {
  const issuer = createIssuer({ algorithms: [alg as Algorithm] })
  const api = useApi(staticOptions(issuer))
  const n = Buffer.from(order, 'hex')
  const zero = Buffer.alloc(n.length)
  const one = Buffer.alloc(n.length)
  one[n.length - 1] = 1
  const input = `${encode({ alg, kid: issuer.key().kid })}.${encode(goodClaims(issuer, { sub: 'eve' }))}`

  it.each([
    ['r = 0, s = 0', zero, zero],
    ['r = 0, s = 1', zero, one],
    ['r = 1, s = 0', one, zero],
    ['r = 1, s = 1', one, one],
    ['r = n, s = n', n, n],
    ['r = n, s = 0', n, zero],
    ['r = 0, s = n', zero, n],
    ['all ones', Buffer.alloc(n.length, 0xff), Buffer.alloc(n.length, 0xff)],
    ['only r', one, Buffer.alloc(0)],
    ['one zero', Buffer.alloc(1), Buffer.alloc(0)],
  ])('%s is no signature', async (_what, r, s) => {
    const token = `${input}.${encode(Buffer.concat([r, s]))}`
    expect(await api.bearer(token)).toEqual({ code: 'token_rejected', reason: 'signature_invalid' })
  })

  it('nor are zeros in DER', async () => {
    const token = `${input}.${encode(Buffer.from('3006020100020100', 'hex'))}`
    expect(await api.bearer(token)).toEqual({ code: 'token_rejected', reason: 'signature_invalid' })
  })

  it('a signature of the key is one', async () => {
    expect((await api.bearer(`${input}.${issuer.key().sign(input)}`)).seen?.sub).toBe('eve')
  })
})

describe('EdDSA', () => {
  const issuer = createIssuer({ algorithms: ['EdDSA'] })
  const api = useApi(staticOptions(issuer))
  const input = `${encode({ alg: 'EdDSA', kid: issuer.key().kid })}.${encode(goodClaims(issuer))}`
  /** The order of the base point, little-endian: S and S + L would verify alike (RFC 8032 §5.1.7). */
  const order = 2n ** 252n + 27742317777372353535851937790883648493n

  it('takes no second signature for the same words, made without the key', async () => {
    const signature = Buffer.from(issuer.key().sign(input), 'base64url')
    const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`)
    const other = Buffer.from((s + order).toString(16).padStart(64, '0'), 'hex').reverse()
    const malleable = Buffer.concat([signature.subarray(0, 32), other])
    expect((await api.bearer(`${input}.${encode(signature)}`)).code).toBe('accepted')
    expect(await api.bearer(`${input}.${encode(malleable)}`)).toEqual({
      code: 'token_rejected',
      reason: 'signature_invalid',
    })
  })

  it.each([Buffer.alloc(64), Buffer.alloc(64, 1), Buffer.concat([Buffer.of(1), Buffer.alloc(63)])])(
    'takes no small-order signature',
    async (signature) => {
      expect(await api.bearer(`${input}.${encode(signature)}`)).toEqual({
        code: 'token_rejected',
        reason: 'signature_invalid',
      })
    },
  )
})
