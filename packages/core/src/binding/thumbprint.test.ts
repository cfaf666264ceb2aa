import { calculateJwkThumbprint } from 'jose'
import { describe, expect, it } from 'vitest'
import { createKey, publicAlgorithms } from '../../test/fixtures.js'
import { checkJwk } from '../keys/jwk.js'
import { thumbprintOf } from './thumbprint.js'

function thumbprint(jwk: object): unknown {
  const key = checkJwk({ ...jwk })
  return typeof key === 'string' || key.jwk === undefined ? key : thumbprintOf(key.jwk)
}

describe('thumbprintOf', () => {
  it('is as in RFC 7638 §3.1, whatever other members there are', () => {
    const n =
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw'
    expect(thumbprint({ kty: 'RSA', n, e: 'AQAB', alg: 'RS256', kid: '2011-04-29' })).toBe(
      'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    )
  })

  it('is as in RFC 8037, appendix A.3', () => {
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'
    expect(thumbprint({ kty: 'OKP', crv: 'Ed25519', x })).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')
  })

  it.each(publicAlgorithms)('of a key for %s is what jose says', async (alg) => {
    const { jwk } = createKey(alg)
    expect(thumbprint(jwk)).toBe(await calculateJwkThumbprint({ ...jwk }))
  })
})
