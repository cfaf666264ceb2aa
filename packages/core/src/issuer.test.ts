import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { audience, createKey, encode, issuer, now } from '../test/fixtures.js'
import { findKey } from '../test/scripted-endpoint.js'
import { ConfigError } from './config-error.js'
import { createIssuer, type Issuer, type IssuerContext } from './issuer.js'
import type { IssuerOptions } from './issuer-options.js'
import { asymmetricAlgorithms } from './keys/algorithms.js'
import { ForgottenKeys } from './keys/forgotten-keys.js'
import { createKeySet } from './keys/shared-key-set.js'

const jwk = createKey('ES256').jwk
const jwks = { keys: [jwk] }
const pem = createKey('ES256').publicKey.export({ type: 'spki', format: 'pem' }).toString()
const rsaPem = () => createKey('RS256').publicKey.export({ type: 'spki', format: 'pem' }).toString()
const secret = 'x'.repeat(64)

const shared = createKeySet({ jwksUri: `${issuer}/shared` })

function exclusive(first: string, second: string): string {
  return (
    `${first} and ${second} exclude each other: an issuer's keys come from one place. Give one of jwksUri, metadataUri, ` +
    'keys, jwks, publicKeys, secret, or none to use the metadata document.'
  )
}

const context: IssuerContext = {
  clockTolerance: 10,
  maxTokenAge: undefined,
  implied: new Map(),
  keySet: {},
  clock: () => now,
  fetch: () => Promise.reject(new Error('fetched')),
  random: () => 0.5,
  emit: () => {},
  shared: new WeakMap(),
  lastRules: {},
  forgottenOf: () => new ForgottenKeys(),
}

/** As a JavaScript user may call it: with anything. */
function create(options: Record<string, unknown>, changes: Partial<IssuerContext> = {}): Issuer {
  return createIssuer({ issuer, audience, ...options } as unknown as IssuerOptions, { ...context, ...changes })
}

function refusal(options: Record<string, unknown>, changes: Partial<IssuerContext> = {}): string {
  try {
    create(options, changes)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error('The options were taken.')
}

describe('createIssuer refuses', () => {
  it.each([undefined, null, '', 5, ['https://id.example']])('issuer %j', (value) => {
    expect(refusal({ issuer: value, jwks })).toBe(
      'issuer is missing. Give the exact value of the `iss` claim of the tokens to accept.',
    )
  })

  it.each([
    [undefined, 'audience'],
    ['', 'audience'],
    [[], 'audience'],
    [5, 'audience'],
    [{}, 'audience'],
    [false, 'audience'],
    [[''], 'audience[0]'],
    [['a', ''], 'audience[1]'],
    [[5], 'audience[0]'],
    [new Array(2), 'audience[0]'],
  ])('audience %j', (value, place) => {
    expect(refusal({ audience: value, jwks })).toBe(
      place +
        ' is missing or empty. Give the `aud` of the tokens for this API, a list of values, or null to leave it unchecked.',
    )
  })

  it.each([5, null, ''])('tokenType %j', (tokenType) => {
    expect(refusal({ tokenType, jwks })).toBe(
      "tokenType takes a type, e.g. 'at+jwt'. Leave it out to accept JWT, at+jwt and untyped tokens.",
    )
  })

  it.each([[[]], ['RS256'], [null], [{}]])('algorithms %j', (algorithms) => {
    expect(refusal({ algorithms, jwks })).toMatch(/^algorithms must name known algorithms, one or more: RS256, /)
  })

  it.each(['none', 'rs256', 'ES256K', 'toString', '', null])('the algorithm %j', (name) => {
    expect(refusal({ algorithms: ['ES256', name], jwks })).toBe(
      'algorithms[1] must name known algorithms, one or more: RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519, HS256, HS384, HS512.',
    )
  })

  it.each([
    [{ algorithms: ['ES256', 'HS256'], jwks }, 'HS256'],
    [{ algorithms: ['HS512'] }, 'HS512'],
    [{ algorithms: ['HS256', 'RS256'], secret }, 'RS256'],
    [{ algorithms: ['EdDSA'], secret }, 'EdDSA'],
  ])('HMAC mixed with public keys: %j', (options, name) => {
    expect(refusal(options)).toBe(
      `algorithms: ${name} does not go with this issuer's keys. HMAC needs \`secret\`, and takes nothing else.`,
    )
  })

  it.each(['', 'x'.repeat(31), new Uint8Array(31), ['x'.repeat(64), 'x'.repeat(31)]])(
    'a secret too short: %j',
    (short) => {
      expect(refusal({ secret: short })).toBe(
        'secret is too short: HMAC needs at least 32 bytes, e.g. from `openssl rand -base64 48`.',
      )
    },
  )

  it('a secret too short for an algorithm that was asked for', () => {
    expect(refusal({ secret: 'x'.repeat(47), algorithms: ['HS256', 'HS384'] })).toBe(
      'secret is too short for HS384: it needs at least 48 bytes (RFC 7518 §3.2).',
    )
    expect(refusal({ secret: [secret, 'x'.repeat(63)], algorithms: ['HS512'] })).toBe(
      'secret is too short for HS512: it needs at least 64 bytes (RFC 7518 §3.2).',
    )
  })

  it('a secret that is none', () => {
    expect(refusal({ secret: [] })).toBe('secret must be a string, a Uint8Array, or a list of these.')
    expect(refusal({ secret: 5 })).toBe('secret must be a string, a Uint8Array, or a list of these.')
    expect(refusal({ secret: null })).toBe('secret must be a string, a Uint8Array, or a list of these.')
    expect(refusal({ secret: [secret, 5] })).toBe('secret[1] must be a string, a Uint8Array, or a list of these.')
    expect(refusal({ secret: new Array(1) })).toBe('secret[0] must be a string, a Uint8Array, or a list of these.')
  })

  it.each([{ jwks }, { jwksUri: `${issuer}/jwks` }, { publicKeys: pem }])('a secret beside %j', (options) => {
    const [name] = Object.keys(options)
    expect(refusal({ secret, ...options })).toBe(exclusive(`${name}`, 'secret'))
  })

  it.each([
    { jwksUri: `${issuer}/jwks`, jwks },
    { jwks, publicKeys: pem },
    { jwksUri: `${issuer}/jwks`, publicKeys: pem },
    { jwksUri: `${issuer}/jwks`, metadataUri: `${issuer}/metadata` },
    { keys: shared, jwks },
    { metadataUri: `${issuer}/metadata`, keys: shared },
  ])('keys given twice: %j', (options) => {
    const [first, second] = Object.keys(options)
    expect(refusal(options)).toBe(exclusive(`${first}`, `${second}`))
  })

  const notKeyUrl = (name: string) =>
    `${name} must be an https URL without user information, since keys are fetched from there. Plain http is for loopback ` +
    'and for hosts named in keySet.plainHttp. Give jwks, publicKeys or secret for an issuer whose keys are not fetched.'

  it.each([
    ...['http://id.example/jwks', 'ftp://id.example/jwks', '/jwks', '', 'http://127.0.0.1.evil.example/', 5, null],
    ...['http://a.localhost/', 'https://u@id.example/', 'https://u:p@id.example/jwks'],
  ])('jwksUri or metadataUri %j', (uri) => {
    expect(refusal({ jwksUri: uri })).toBe(notKeyUrl('jwksUri'))
    expect(refusal({ jwksUri: [`${issuer}/jwks`, uri] })).toBe(notKeyUrl('jwksUri[1]'))
    expect(refusal({ metadataUri: uri })).toBe(notKeyUrl('metadataUri'))
  })

  it('an empty list of jwksUri', () => {
    expect(refusal({ jwksUri: [] })).toBe('jwksUri is an empty list. Give at least one URL.')
  })

  it.each(['http://id.example', 'accounts.example', 'urn:example:issuer', 'https://u:p@id.example'])(
    'an issuer without keys at %j',
    (name) => {
      expect(refusal({ issuer: name })).toBe(notKeyUrl('issuer'))
    },
  )

  it.each([
    ['keycloak', 'keySet.plainHttp'],
    [null, 'keySet.plainHttp'],
    [['keycloak/'], 'keySet.plainHttp[0]'],
    [['http://keycloak'], 'keySet.plainHttp[0]'],
    [['keycloak', 5], 'keySet.plainHttp[1]'],
    [[['keycloak']], 'keySet.plainHttp[0]'],
  ])('plainHttp %j', (plainHttp, place) => {
    expect(refusal({ keySet: { plainHttp } })).toBe(
      `${place} takes hosts as they stand in a URL, e.g. ["keycloak:8080"].`,
    )
  })

  it.each([null, 5, 'x', []])('requiredClaims %j', (requiredClaims) => {
    expect(refusal({ jwks, requiredClaims })).toBe(
      'requiredClaims must be an object: each claim with the string that it must be.',
    )
  })

  it.each([
    [[], 'requiredClaims.typ'],
    [5, 'requiredClaims.typ'],
    [['a', 5], 'requiredClaims.typ[1]'],
  ])('a required claim %j', (typ, place) => {
    expect(refusal({ jwks, requiredClaims: { typ } })).toBe(
      `${place} must be a string, or a list of strings of which any one is enough.`,
    )
  })

  it.each(['scopeFrom', 'rolesFrom'])('%s that names no claim', (option) => {
    const form = 'must be the name of a claim, or a list of names. Leave it out for the default.'
    expect(refusal({ jwks, [option]: '' })).toBe(`${option} ${form}`)
    expect(refusal({ jwks, [option]: ['a', 5] })).toBe(`${option}[1] ${form}`)
    expect(refusal({ jwks, [option]: new Array(1) })).toBe(`${option}[0] ${form}`)
  })

  it.each([null, 5, {}, { keys: {} }, { keys: 5 }])('keySet.seed %j, also where nothing is fetched', (seed) => {
    expect(refusal({ jwks, keySet: { seed } })).toMatch(/^seed is not a usable key set/)
  })

  it.each([{ current: 5 }, { current: () => jwks, reload: 5 }])('jwks %j, which is not live', (live) => {
    expect(refusal({ jwks: live })).toMatch(/^jwks must be a JWK Set/)
  })

  it('a hole in a list of keys or places', () => {
    expect(refusal({ jwks: { keys: new Array(1) } })).toMatch(/^jwks\.keys\[0\] cannot verify signatures/)
    expect(refusal({ publicKeys: new Array(1) })).toMatch(/^publicKeys\[0\] must be a PEM string/)
    expect(refusal({ jwksUri: new Array(1) })).toBe(notKeyUrl('jwksUri[0]'))
  })

  it.each([5, null, {}])('fetch %j', (fetch) => {
    expect(refusal({ fetch })).toBe('fetch must be a function like the global fetch.')
  })

  it.each([5, null, {}, { jwksUri: [`${issuer}/jwks`] }, []])('keys %j', (keys) => {
    expect(refusal({ keys })).toBe('keys must be made with createKeySet.')
  })

  it.each([{ keySet: { timeout: 1 } }, { fetch }])('how to fetch beside shared keys: %j', (options) => {
    expect(refusal({ keys: shared, ...options })).toBe(
      'keySet and fetch stand beside keys. Give them to createKeySet, which fetches.',
    )
  })

  it.each([null, 'jwks', 5, [], {}, { keys: [] }])('jwks %j', (value) => {
    expect(refusal({ jwks: value })).toBe(
      'jwks must be a JWK Set: { keys: [ … ] } with at least one key (RFC 7517 §5).',
    )
  })

  it('a private static key', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(refusal({ jwks: { keys: [privateKey.export({ format: 'jwk' })] } })).toBe(
      'jwks.keys[0] holds private key material. A verifier needs the public half only; remove the private members.',
    )
  })

  it('a weak static key, as JWK or as PEM', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const weak = 'jwks.keys[0] is too weak: RSA keys need at least 2048 bits and an odd exponent of 3 or more.'
    expect(refusal({ jwks: { keys: [publicKey.export({ format: 'jwk' })] } })).toBe(weak)
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    expect(refusal({ publicKeys: pem })).toBe(weak.replace('jwks.keys[0]', 'publicKeys'))
    expect(refusal({ publicKeys: ['a', 'b', 'c'].map((kid) => ({ kid, pem: kid === 'c' ? pem : rsaPem() })) })).toBe(
      weak.replace('jwks.keys[0]', 'publicKeys[2]'),
    )
  })

  it('a static key that none of the algorithms can use', () => {
    expect(refusal({ jwks, algorithms: ['RS256'] })).toBe('jwks.keys[0] serves none of the allowed algorithms: RS256.')
  })

  it('public keys that are none', () => {
    expect(refusal({ publicKeys: [] })).toBe('publicKeys is empty. Give at least one PEM public key.')
    expect(refusal({ publicKeys: null })).toBe('publicKeys is empty. Give at least one PEM public key.')
  })

  const unknown =
    'keySet: unknown option "cooldwn". Known options: timeout, freshFor, staleFor, cooldown, startup, plainHttp, seed.'

  it.each([{}, { jwksUri: `${issuer}/jwks` }, { jwks }, { publicKeys: pem }, { secret }])(
    'keySet options that are wrong, whatever the keys: %j',
    (keys) => {
      expect(refusal({ ...keys, keySet: { cooldwn: 5 } })).toBe(unknown)
      expect(refusal(keys, { keySet: { cooldwn: 5 } as object })).toBe(unknown)
      for (const name of ['timeout', 'freshFor', 'staleFor', 'cooldown']) {
        const text = `keySet.${name} must be a finite number, 0 or more. Durations are in seconds.`
        for (const value of [-1, Number.NaN, '5']) expect(refusal({ ...keys, keySet: { [name]: value } })).toBe(text)
      }
      expect(refusal({ ...keys, keySet: null })).toBe('keySet: takes an object of options.')
      for (const startup of ['eager', '', null]) {
        expect(refusal({ ...keys, keySet: { startup } })).toBe(
          "keySet.startup must be 'lazy', 'background' or 'require'.",
        )
      }
    },
  )
})

describe('createIssuer', () => {
  it('allows every asymmetric algorithm by default, or those that are listed', () => {
    expect(create({ jwks }).headerRules).toEqual({ algorithms: asymmetricAlgorithms, tokenType: undefined })
    expect(create({ jwks, algorithms: ['ES256'] }).headerRules.algorithms).toEqual(['ES256'])
    expect(create({ jwks, tokenType: 'at+jwt' }).headerRules.tokenType).toBe('at+jwt')
    expect(create({ jwks, tokenType: 'application/Logout+JWT' }).headerRules.tokenType).toBe('logout+jwt')
  })

  it('allows by default the HMAC algorithms that the shortest secret covers, and nothing else', () => {
    expect(create({ secret: 'x'.repeat(32) }).headerRules.algorithms).toEqual(['HS256'])
    expect(create({ secret: ['x'.repeat(64), 'x'.repeat(48)] }).headerRules.algorithms).toEqual(['HS256', 'HS384'])
    expect(create({ secret }).headerRules.algorithms).toEqual(['HS256', 'HS384', 'HS512'])
    expect(create({ secret, algorithms: ['HS512'] }).headerRules.algorithms).toEqual(['HS512'])
  })

  it('takes one audience, several, or null', () => {
    expect(create({ jwks }).claimsRules.audience).toEqual([audience])
    expect(create({ jwks, audience: ['a', 'b'] }).claimsRules.audience).toEqual(['a', 'b'])
    expect(create({ jwks, audience: null }).claimsRules.audience).toBeNull()
  })

  it('does not follow later changes of the lists it was given', () => {
    const audiences = ['a']
    const algorithms = ['ES256']
    const { headerRules, claimsRules } = create({ jwks, audience: audiences, algorithms })
    audiences.push('b')
    algorithms.push('none')
    expect(claimsRules.audience).toEqual(['a'])
    expect(headerRules.algorithms).toEqual(['ES256'])
  })

  it('takes claims that must be one of some texts', () => {
    expect(create({ jwks, requiredClaims: { a: 'x', b: ['y', 'z'] } }).claimsRules.requiredClaims).toEqual([
      { name: 'a', values: ['x'] },
      { name: 'b', values: ['y', 'z'] },
    ])
  })

  it('takes over what holds for all issuers', () => {
    expect(create({ jwks }, { clockTolerance: 3, maxTokenAge: 60 }).claimsRules).toMatchObject({
      clockTolerance: 3,
      maxTokenAge: 60,
    })
  })

  it('fetches nothing for keys that it was given', () => {
    for (const keys of [{ jwks }, { publicKeys: pem }, { secret }, { jwks: { current: () => jwks } }]) {
      expect(create(keys).keySet.snapshot().state).toBe('static')
    }
    expect(create({}).keySet.snapshot().state).toBe('empty')
    expect(create({ jwksUri: 'http://127.0.0.1:9000/jwks' }).keySet.snapshot().state).toBe('empty')
  })

  it('needs no URL for an issuer whose keys it was given', () => {
    expect(create({ issuer: 'urn:example:issuer', jwks }).issuer).toBe('urn:example:issuer')
    expect(create({ issuer: 'accounts', secret }).issuer).toBe('accounts')
  })

  it('lets an issuer say otherwise than all about its key set', () => {
    expect(() => create({ keySet: { timeout: 1 } }, { keySet: { timeout: -1 } })).not.toThrow()
  })

  it('minds a kid for JWKs and for PEM keys that have one, and not for PEM keys without', () => {
    const named = { publicKeys: [{ kid: 'k1', pem }] }
    expect(findKey(create({ jwks }).keySet, 'other', 'ES256')).toHaveProperty('reason', 'key_not_found')
    expect(findKey(create(named).keySet, 'other', 'ES256')).toHaveProperty('reason', 'key_not_found')
    expect(findKey(create(named).keySet, 'k1', 'ES256')).toHaveProperty('kty', 'EC')
    expect(findKey(create({ publicKeys: pem }).keySet, 'other', 'ES256')).toHaveProperty('kty', 'EC')
  })

  it('reads a live set at every use', () => {
    let live = { keys: [jwk] }
    const { keySet } = create({ jwks: { current: () => live } })
    expect(findKey(keySet, 'k1', 'ES256')).toHaveProperty('kty', 'EC')
    live = { keys: [{ ...createKey('ES256').jwk, kid: encode('k2') }] }
    expect(findKey(keySet, 'k1', 'ES256')).toHaveProperty('reason', 'key_not_found')
  })

  it('takes keys from hosts that are named over plain http', () => {
    const keySet = { plainHttp: ['keycloak:8080'] }
    for (const options of [
      { jwksUri: 'http://keycloak:8080/jwks' },
      { metadataUri: 'http://keycloak:8080/metadata' },
      { issuer: 'http://keycloak:8080/realms/a' },
    ]) {
      expect(create({ ...options, keySet }).keySet.snapshot().state).toBe('empty')
      expect(create(options, { keySet }).keySet.snapshot().state).toBe('empty')
      expect(() => create(options)).toThrow(ConfigError)
    }
  })

  it('asks its own fetch, and else the one for all', async () => {
    const asked: string[] = []
    const fetchAs = (name: string) => async () => {
      asked.push(name)
      return Response.json(jwks)
    }
    const all = { fetch: fetchAs('all') }
    await create({ jwksUri: `${issuer}/jwks`, fetch: fetchAs('own') }, all).keySet.ready()
    await create({ jwksUri: `${issuer}/jwks` }, all).keySet.ready()
    const keys = (fetch?: () => Promise<Response>) =>
      createKeySet({ jwksUri: `${issuer}/jwks`, ...(fetch === undefined ? {} : { fetch }) })
    await create({ keys: keys(fetchAs('shared')) }, { ...all, shared: new WeakMap() }).keySet.ready()
    await create({ keys: keys() }, { ...all, shared: new WeakMap() }).keySet.ready()
    expect(asked).toEqual(['own', 'all', 'shared', 'all'])
  })

  it('shares a key set with the other issuers of its verifier, and with those alone', async () => {
    let requests = 0
    const fetch = async () => {
      requests += 1
      return Response.json(jwks)
    }
    const one = { fetch, shared: new WeakMap() }
    const [a, b] = ['https://a.example', 'https://b.example'].map((name) => create({ issuer: name, keys: shared }, one))
    const elsewhere = create({ keys: shared }, { fetch, shared: new WeakMap() })
    expect(a?.keySet).toBe(b?.keySet)
    expect(elsewhere.keySet).not.toBe(a?.keySet)
    await Promise.all([a, b].map((each) => each?.keySet.ready()))
    expect(requests).toBe(1)
    expect(a?.keySet.snapshot().issuer).toBe(`${issuer}/shared`)
  })
})

describe('createKeySet refuses', () => {
  const refused = (options: object | undefined) => () => createKeySet(options as { jwksUri: string })

  it('what it cannot fetch from or does not know', () => {
    expect(refused(undefined)).toThrow('createKeySet: takes an object of options.')
    expect(refused({})).toThrow(/^jwksUri must be an https URL/)
    expect(refused({ jwksUri: 'http://id.example' })).toThrow(/^jwksUri must be an https URL/)
    expect(refused({ jwksUri: [] })).toThrow('jwksUri is an empty list.')
    expect(refused({ jwksUri: issuer, timeout: -1 })).toThrow(/^keySet.timeout must be/)
    expect(refused({ jwksUri: issuer, fetch: 5 })).toThrow('fetch must be a function')
    expect(refused({ jwksUri: issuer, jwks })).toThrow(/^createKeySet: unknown option "jwks"/)
    expect(createKeySet({ jwksUri: 'http://k:1/', plainHttp: ['k:1'] }).jwksUri).toEqual(['http://k:1/'])
  })
})
