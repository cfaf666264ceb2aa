import { deflateRawSync } from 'node:zlib'
import { createTokenDecryption } from '@latchkey/core'
import { CompactEncrypt } from 'jose'
import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { createIssuer, encode, staticOptions } from './harness/issuer.js'

// A few kilobytes that become gigabytes (RFC 8725 §3.6; CVE-2024-28176): compressed tokens are refused, not opened.

const issuer = createIssuer()
const bomb = deflateRawSync(Buffer.alloc(4_000_000, 0x20)).subarray(0, 5000)

describe('a compressed signed token', () => {
  const api = useApi(staticOptions(issuer))

  it.each(['DEF', 'def', 'GZIP', '', null, true, ['DEF']])('zip %j is refused', async (zip) => {
    expect(await api.bearer(issuer.token({ header: { zip } }))).toEqual({
      code: 'token_rejected',
      reason: 'zip_unsupported',
    })
  })

  it('what is in it is not even looked at', async () => {
    const { kid } = issuer.key()
    const input = `${encode({ alg: 'ES256', kid, zip: 'DEF' })}.${encode(bomb)}`
    expect(await api.bearer(`${input}.${issuer.key().sign(input)}`)).toEqual({
      code: 'token_malformed',
      reason: 'token_malformed',
    })
  })
})

describe('a compressed encrypted token', () => {
  const secret = new Uint8Array(32).fill(7)
  const decryption = createTokenDecryption([{ kid: 'enc', secret }])
  const api = useApi({ ...staticOptions(issuer), decryption })

  async function sealed(plaintext: Uint8Array, header: object = {}): Promise<string> {
    const protectedHeader = { alg: 'dir', enc: 'A256GCM', kid: 'enc' }
    const encrypt = new CompactEncrypt(plaintext).setProtectedHeader({ ...protectedHeader, ...header })
    return encrypt.encrypt(secret)
  }

  it('not compressed is accepted', async () => {
    expect((await api.bearer(await sealed(Buffer.from(issuer.token())))).seen?.sub).toBe('ada')
  })

  it.each(['DEF', 'GZIP', '', null, true])('zip %j is refused before it is opened', async (zip) => {
    const [, ...rest] = (await sealed(bomb)).split('.')
    const token = [encode({ alg: 'dir', enc: 'A256GCM', kid: 'enc', zip }), ...rest].join('.')
    expect(await api.bearer(token)).toEqual({ code: 'token_rejected', reason: 'decryption_failed' })
  })

  it('what the key’s own owner compressed is refused too', async () => {
    const token = await sealed(deflateRawSync(issuer.token()))
    expect(await api.bearer(token)).toEqual({ code: 'token_malformed', reason: 'token_malformed' })
  })
})
