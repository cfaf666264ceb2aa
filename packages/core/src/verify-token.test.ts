import { describe, expect, it } from 'vitest'
import {
  audience,
  claimsSet,
  createKey,
  encode,
  issuer,
  now,
  publicAlgorithms,
  signHmac,
  signToken,
} from '../test/fixtures.js'
import { AuthError } from './auth-error.js'
import { createVerifier } from './create-verifier.js'
import type { LiveJwks } from './keys/local-key-set.js'
import type { Verifier } from './verifier.js'
import type { VerifierOptions } from './verifier-options.js'

const key = createKey('ES256')
const other = createKey('ES256')
const secret = 'a secret of at least 32 bytes, that is'

function create(changes: Partial<VerifierOptions> = {}): Verifier {
  const options = { issuer, audience, jwks: { keys: [key.jwk] }, clock: () => now, tokenCache: false, ...changes }
  return createVerifier(options as VerifierOptions)
}

/** The code and the reason of a refusal; `good` where there is none. */
async function outcome(verifier: Verifier, token: string): Promise<string> {
  try {
    await verifier.verify(token)
    return 'good'
  } catch (error) {
    if (!(error instanceof AuthError)) throw error
    return error.reason === error.code ? error.code : `${error.code}: ${error.reason}`
  }
}

describe('a good token', () => {
  it.each(publicAlgorithms)('signed with %s', async (alg) => {
    const signer = createKey(alg)
    const verifier = create({ jwks: { keys: [signer.jwk] } })
    expect(await outcome(verifier, signToken(signer))).toBe('good')
    expect(await outcome(verifier, signToken(createKey(alg)))).toBe('token_rejected: signature_invalid')
  })

  it.each(['HS256', 'HS384', 'HS512'])('signed with %s, whatever its kid', async (alg) => {
    const long = secret.repeat(2)
    const verifier = create({ jwks: undefined, secret: long } as object)
    expect(await outcome(verifier, signHmac(long, claimsSet(), { alg }))).toBe('good')
    expect(await outcome(verifier, signHmac(long, claimsSet(), { alg, kid: 'any' }))).toBe('good')
    expect(await outcome(verifier, signHmac(`${long}.`, claimsSet(), { alg }))).toBe(
      'token_rejected: signature_invalid',
    )
  })

  it('signed with the old secret or the new one, while both are listed', async () => {
    const next = 'another secret of at least 32 bytes'
    const both = create({ jwks: undefined, secret: [next, secret] } as object)
    expect(await outcome(both, signHmac(secret))).toBe('good')
    expect(await outcome(both, signHmac(next))).toBe('good')
    expect(await outcome(create({ jwks: undefined, secret: next } as object), signHmac(secret))).toMatch('rejected')
  })

  it('without a kid, where a single key fits', async () => {
    expect(await outcome(create(), signToken(key, claimsSet(), { kid: undefined }))).toBe('good')
  })

  it('of any kid, where the key is PEM and has none', async () => {
    const pem = key.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const verifier = create({ jwks: undefined, publicKeys: pem } as object)
    expect(await outcome(verifier, signToken(key, claimsSet(), { kid: 'any' }))).toBe('good')
    expect(await outcome(verifier, signToken(other))).toBe('token_rejected: signature_invalid')
  })
})

describe('every refusal with its code and its reason', () => {
  it.each<[string, string]>([
    ['token_malformed', 'a.b'],
    ['token_malformed', `${signToken(key)}=`],
    ['token_rejected: iss_unknown', signToken(key, claimsSet({ iss: 'https://other.example' }))],
    ['token_rejected: iss_unknown', signToken(key, claimsSet({ iss: undefined }))],
    ['token_rejected: alg_not_allowed', signToken(key, claimsSet(), { alg: 'none' })],
    ['token_rejected: alg_not_allowed', signHmac(secret)],
    ['token_rejected: crit_unsupported', signToken(key, claimsSet(), { crit: ['exp'] })],
    ['token_rejected: b64_unsupported', signToken(key, claimsSet(), { b64: false })],
    ['token_rejected: zip_unsupported', signToken(key, claimsSet(), { zip: 'DEF' })],
    ['token_rejected: cty_nested', signToken(key, claimsSet(), { cty: 'JWT' })],
    ['token_rejected: typ_mismatch', signToken(key, claimsSet(), { typ: 'id+jwt' })],
    ['token_rejected: kid_invalid', signToken(key, claimsSet(), { kid: 5 })],
    ['token_rejected: key_not_found', signToken(key, claimsSet(), { kid: 'other' })],
    ['token_rejected: key_unfit', signToken(createKey('ES384'))],
    ['token_rejected: signature_invalid', signToken(other)],
    ['token_rejected: aud_mismatch', signToken(key, claimsSet({ aud: 'other' }))],
    ['token_rejected: exp_invalid', signToken(key, claimsSet({ exp: undefined }))],
    ['token_rejected: nbf_invalid', signToken(key, claimsSet({ nbf: 'now' }))],
    ['token_rejected: nbf_in_future', signToken(key, claimsSet({ nbf: now + 60 }))],
    ['token_rejected: iat_invalid', signToken(key, claimsSet({ iat: null }))],
    ['token_rejected: iat_in_future', signToken(key, claimsSet({ iat: now + 60 }))],
    ['token_rejected: sub_invalid', signToken(key, claimsSet({ sub: 5 }))],
    ['token_rejected: jti_invalid', signToken(key, claimsSet({ jti: 5 }))],
    ['token_rejected: client_id_invalid', signToken(key, claimsSet({ client_id: 5 }))],
    ['token_expired: exp_passed', signToken(key, claimsSet({ exp: now - 10 }))],
  ])('%s', async (expected, token) => {
    expect(await outcome(create(), token)).toBe(expected)
  })

  it('token_expired: max_token_age_passed', async () => {
    const token = signToken(key, claimsSet({ iat: now - 100 }))
    expect(await outcome(create({ maxTokenAge: 60 }), token)).toBe('token_expired: max_token_age_passed')
  })

  it('token_rejected: key_ambiguous', async () => {
    const jwks = { keys: [key.jwk, { ...other.jwk, kid: 'k1' }] }
    expect(await outcome(create({ jwks }), signToken(key))).toBe('token_rejected: key_ambiguous')
  })

  it('good without a kid, where one of the first four keys that fit has signed', async () => {
    const token = signToken(key, claimsSet(), { kid: undefined })
    const others = [1, 2, 3, 4].map((n) => ({ ...createKey('ES256').jwk, kid: `other${n}` }))
    const withOthers = (count: number) => create({ jwks: { keys: [...others.slice(0, count), key.jwk] } })
    expect(await outcome(withOthers(3), token)).toBe('good')
    expect(await outcome(withOthers(4), token)).toBe('token_rejected: signature_invalid')
  })

  it('token_rejected: typ_mismatch, where at+jwt is demanded', async () => {
    const verifier = create({ tokenType: 'at+jwt' })
    expect(await outcome(verifier, signToken(key))).toBe('token_rejected: typ_mismatch')
    expect(await outcome(verifier, signToken(key, claimsSet(), { typ: 'at+jwt' }))).toBe('good')
  })

  it('token_rejected: session_ended, and store_unavailable where nobody knows', async () => {
    const token = signToken(key, claimsSet({ sid: 's1' }))
    const asked: unknown[] = []
    const revoking = (answer: boolean | 'unsure') =>
      create({
        isRevoked: (claims) => {
          asked.push(claims)
          return answer
        },
      })
    expect(await outcome(revoking(true), token)).toBe('token_rejected: session_ended')
    expect(await outcome(revoking('unsure'), token)).toBe('store_unavailable: revocation_unsure')
    expect(await outcome(revoking(false), token)).toBe('good')
    expect(asked).toEqual(Array(3).fill(claimsSet({ sid: 's1' })))
  })

  it('names the issuer from the moment it is known', async () => {
    const refused = async (token: string) => {
      try {
        await create().verify(token)
      } catch (error) {
        return error instanceof AuthError ? error.issuer : error
      }
      return 'accepted'
    }
    expect(await refused('a.b')).toBeUndefined()
    expect(await refused(signToken(key, claimsSet({ iss: 'x' })))).toBeUndefined()
    for (const token of [
      signToken(key, claimsSet(), { alg: 'none' }),
      signToken(key, claimsSet({ aud: 'x' })),
      signToken(key, claimsSet(), { kid: 'x' }),
      signToken(other),
    ]) {
      expect(await refused(token)).toBe(issuer)
    }
  })
})

describe('the order of the checks', () => {
  it('cheap ones come before keys and signature', async () => {
    let asked = 0
    const jwks: LiveJwks = {
      current: () => {
        asked += 1
        return { keys: [key.jwk] }
      },
    }
    const verifier = create({ jwks })
    for (const token of [
      'a.b',
      signToken(other, claimsSet({ iss: 'x' })),
      signToken(other, claimsSet(), { alg: 'none' }),
      signToken(other, claimsSet({ aud: 'x' })),
      signToken(other, claimsSet({ exp: now - 60 })),
    ]) {
      expect(await outcome(verifier, token)).not.toBe('good')
    }
    expect(asked).toBe(0)
    expect(await outcome(verifier, signToken(other))).toBe('token_rejected: signature_invalid')
    expect(asked).toBeGreaterThan(0)
  })

  it('the app sees only claims whose signature is good', async () => {
    const seen: unknown[] = []
    const note = (claims: unknown) => {
      seen.push(claims)
      return false
    }
    const verifier = create({
      isRevoked: note,
      claims: {
        '~standard': {
          version: 1,
          vendor: 'test',
          validate: (value) => {
            note(value)
            return { value: {} }
          },
        },
      },
    })
    await outcome(verifier, signToken(other))
    await outcome(verifier, signToken(key, claimsSet({ aud: 'x' })))
    expect(seen).toEqual([])
    await outcome(verifier, signToken(key))
    expect(seen).toEqual([claimsSet(), claimsSet()])
  })
})

describe('a schema', () => {
  it('cannot change what was checked by what it makes of the claims', async () => {
    const claims = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: () => ({ value: { exp: now + 9999, scope: 'admin' } }),
      },
    }
    let time = now
    const verifier = create({ claims, tokenCache: true, clock: () => time } as object)
    const token = signToken(key, claimsSet({ scope: 'read' }))
    const auth = await verifier.verify(token)
    expect(auth.scope).toEqual(['read'])
    time = now + 310
    expect(await outcome(verifier, token)).toBe('token_expired: exp_passed')
  })

  it('may answer later', async () => {
    const verifier = create({
      claims: { '~standard': { version: 1, vendor: 'test', validate: async () => ({ value: { late: true } }) } },
    })
    const verified = verifier.verify(signToken(key))
    expect(verified).toBeInstanceOf(Promise)
    expect((await verified).claims).toEqual({ ...claimsSet(), late: true })
  })

  it('may refuse later', async () => {
    const verifier = create({
      claims: { '~standard': { version: 1, vendor: 'test', validate: async () => ({ issues: [{ message: 'no' }] }) } },
    })
    expect(await outcome(verifier, signToken(key))).toBe('token_rejected: claims_schema')
  })
})

it.each([undefined, null, 5, {}, ['a.b.c']])('a token that is no string (%j) is malformed', async (value) => {
  for (const tokenCache of [true, false]) {
    expect(await outcome(create({ tokenCache }), value as unknown as string)).toBe('token_malformed')
  }
})

describe('an encrypted token', () => {
  const sealed = `${encode({ alg: 'dir', enc: 'A256GCM' })}..AAAA.AAAA.AAAA`

  it('is malformed where nothing opens it', async () => {
    expect(await outcome(create(), sealed)).toBe('token_malformed')
  })

  it('is opened and what is in it verified, though the whole is what is remembered', async () => {
    const decryption = async (token: string) => (token === sealed ? signToken(key) : new AuthError('token_malformed'))
    const verifier = create({ decryption, tokenCache: true })
    const auth = await verifier.verify(sealed)
    expect(auth.token).toBe(sealed)
    expect(auth.claims).toEqual(claimsSet())
    expect(verifier.verify(sealed)).toBe(auth)
    expect(await outcome(verifier, `${sealed}A`)).toBe('token_malformed')
  })

  it('has no advantage over one that is not: what is in it may be refused', async () => {
    const verifier = create({ decryption: async () => signToken(other) })
    expect(await outcome(verifier, sealed)).toBe('token_rejected: signature_invalid')
  })

  it('within an encrypted one is malformed', async () => {
    expect(await outcome(create({ decryption: async () => sealed }), sealed)).toBe('token_malformed')
  })

  it.each([5, null, { length: 5 }])(
    'that is no string (%j) is malformed, also where one could be opened',
    async (value) => {
      const verifier = create({ decryption: async () => signToken(key) })
      expect(await outcome(verifier, value as unknown as string)).toBe('token_malformed')
    },
  )
})

describe('what happens while an async schema runs', () => {
  /** A verifier whose schema answers when it is told. */
  function slow(changes: Partial<VerifierOptions> = {}) {
    const state = { jwks: { keys: [key.jwk] }, time: now, revoked: false as boolean | 'unsure' }
    let answer = (): void => {}
    const validate = () =>
      new Promise((resolve) => {
        answer = () => resolve({ value: {} })
      })
    const verifier = create({
      jwks: { current: () => state.jwks } as LiveJwks,
      clock: () => state.time,
      isRevoked: () => state.revoked,
      claims: { '~standard': { version: 1, vendor: 'test', validate } },
      ...changes,
    } as object)
    return { state, verifier, answer: () => answer() }
  }

  it.each<[string, (world: ReturnType<typeof slow>) => void, string]>([
    ['nothing', () => {}, 'good'],
    ['its key is withdrawn', ({ state }) => Object.assign(state, { jwks: { keys: [other.jwk] } }), 'key_not_found'],
    ['its session ends', ({ state }) => Object.assign(state, { revoked: true }), 'session_ended'],
    ['its revocation is unknown', ({ state }) => Object.assign(state, { revoked: 'unsure' }), 'revocation_unsure'],
    ['it expires', ({ state }) => Object.assign(state, { time: now + 400 }), 'exp_passed'],
  ])('%s', async (_what, happen, expected) => {
    const world = slow()
    const asked = outcome(world.verifier, signToken(key))
    happen(world)
    world.answer()
    expect(await asked).toMatch(expected)
  })
})

describe('a token too long to be looked at', () => {
  const padded = (length: number) => {
    const short = signToken(key, claimsSet({ pad: '' })).length
    return signToken(key, claimsSet({ pad: 'x'.repeat(Math.floor(((length - short) * 3) / 4)) }))
  }

  it('is malformed, for a reason of its own', async () => {
    const verifier = create({ maxTokenLength: 2000 })
    expect(await outcome(verifier, padded(1990))).toBe('good')
    expect(await outcome(verifier, padded(2010))).toBe('token_malformed: token_too_long')
  })

  it('has more than 16,384 characters by default', async () => {
    expect(await outcome(create(), padded(16_380))).toBe('good')
    expect(await outcome(create(), padded(16_400))).toBe('token_malformed: token_too_long')
    expect(await outcome(create({ maxTokenLength: 40_000 }), padded(39_000))).toBe('good')
  })
})

describe('what is nested', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) })

  it('64 levels deep is good, deeper is rejected, in claims and header', async () => {
    const verifier = create()
    expect(await outcome(verifier, signToken(key, claimsSet({ deep: nested(63) })))).toBe('good')
    expect(await outcome(verifier, signToken(key, claimsSet({ deep: nested(64) })))).toBe(
      'token_rejected: claims_too_deep',
    )
    expect(await outcome(verifier, signToken(key, claimsSet(), { deep: nested(63) }))).toBe('good')
    expect(await outcome(verifier, signToken(key, claimsSet(), { deep: nested(64) }))).toBe(
      'token_rejected: header_too_deep',
    )
  })
})

it.each([
  ['a promise', () => Promise.resolve(false)],
  ['a rejected promise', () => Promise.reject(new Error('down'))],
  [
    'a throw',
    () => {
      throw new Error('down')
    },
  ],
  ['nothing', () => undefined],
])('answers 503 where isRevoked answers with %s, remembered or not', async (_what, isRevoked) => {
  const verifier = create({ isRevoked, tokenCache: true } as object)
  for (let time = 0; time < 2; time++) {
    expect(await outcome(verifier, signToken(key))).toBe('store_unavailable: revocation_unsure')
  }
})
