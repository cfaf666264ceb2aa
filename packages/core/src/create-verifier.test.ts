import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { audience, claimsSet, createKey, issuer, now, signHmac, signToken, viewOf } from '../test/fixtures.js'
import { AuthError } from './auth-error.js'
import { createDpop } from './binding/dpop.js'
import { createMtls } from './binding/mtls.js'
import { ConfigError } from './config-error.js'
import { createVerifier } from './create-verifier.js'
import type { CoreEvent } from './events.js'
import { createRequirement } from './requirement/requirement.js'
import type { Verifier } from './verifier.js'
import type { VerifierOptions } from './verifier-options.js'

const key = createKey('ES256')
const jwks = { keys: [key.jwk] }
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })
const good = { issuer, audience, jwks, clock: () => now }

afterEach(() => vi.unstubAllGlobals())

/** As a JavaScript user may call it: with anything. */
function create(options: Record<string, unknown>): Verifier {
  return createVerifier(options as unknown as VerifierOptions)
}

function refusal(options: Record<string, unknown>): string {
  try {
    create(options)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error('The options were taken.')
}

async function refusedWith(verifier: Verifier, token: string): Promise<AuthError> {
  try {
    await verifier.verify(token)
  } catch (error) {
    if (error instanceof AuthError) return error
    throw error
  }
  throw new Error('The token was accepted.')
}

describe('createVerifier refuses', () => {
  it('an option that nobody reads', () => {
    expect(refusal({ ...good, audiense: 'x' })).toMatch(
      /^createVerifier: unknown option "audiense"\. Known options: issuer, audience, .*tokenFrom/,
    )
    expect(refusal({ issuers: [good], audiense: 'x' })).toMatch(/^createVerifier: unknown option "audiense"/)
    expect(refusal({ issuers: [{ issuer, audience, jwks, audiense: 'x' }] })).toMatch(
      /^issuers\[0\]: an entry: unknown option "audiense"\. Known options: issuer, audience, /,
    )
  })

  it.each(['issuer', 'audience', 'jwks', 'secret', 'algorithms'])('%s beside issuers', (name) => {
    expect(refusal({ issuers: [{ issuer, audience, jwks }], [name]: 'x' })).toMatch(
      new RegExp(`^createVerifier: unknown option "${name}"`),
    )
  })

  it.each(['tokenFrom', 'clock', 'claims', 'issuers'])('%s inside issuers', (name) => {
    expect(refusal({ issuers: [{ issuer, audience, jwks, [name]: [] }] })).toMatch(
      new RegExp(`^issuers\\[0\\]: an entry: unknown option "${name}"`),
    )
  })

  it('issuers that are none', () => {
    expect(refusal({ issuers: [] })).toBe('issuers is an empty list. Configure at least one.')
    for (const issuers of [{}, null, 'x']) {
      expect(refusal({ issuers })).toBe('issuers takes a list, or a function from `iss` to its options.')
    }
  })

  it('keepFor where nothing is found by a function, or where it is no duration', () => {
    const text = 'keepFor is for issuers that a function finds; a list is kept for good. Leave it out.'
    expect(refusal({ issuers: [{ issuer, audience, jwks }], keepFor: 5 })).toBe(text)
    expect(refusal({ issuer, audience, jwks, keepFor: 5 })).toMatch(/^createVerifier: unknown option "keepFor"/)
    expect(refusal({ issuers: () => null, keepFor: -1 })).toMatch(/^keepFor must be a finite number/)
  })

  it('an entry of issuers that is wrong, and says which', () => {
    expect(
      refusal({
        issuers: [
          { issuer, audience, jwks },
          { issuer: 'b', jwks },
        ],
      }),
    ).toMatch(/^issuers\[1\]: audience is missing/)
  })

  it('nothing half-way: where something is refused, nothing is fetched', async () => {
    let requests = 0
    const fetch = async () => {
      requests += 1
      return Response.json(jwks)
    }
    const keySet = { startup: 'background' }
    const good = { issuer: 'https://a.example', audience }
    expect(refusal({ ...good, fetch, keySet, trustedOrigins: ['https://app.example/'] })).toMatch(/^trustedOrigins/)
    expect(refusal({ issuers: [good, { issuer: 'https://b.example' }], fetch, keySet })).toMatch(/^issuers\[1\]/)
    expect(requests).toBe(0)
  })

  it.each([null, undefined, 'https://id.example', 5])('an entry of issuers that is no object: %j', (entry) => {
    expect(refusal({ issuers: [entry] })).toBe('issuers[0]: an entry: takes an object of options.')
  })

  it('a hole in a list', () => {
    expect(refusal({ issuers: new Array(1) })).toBe('issuers[0]: an entry: takes an object of options.')
    expect(refusal({ ...good, tokenFrom: new Array(1) })).toMatch(/^tokenFrom\[0\] takes/)
    expect(refusal({ ...good, trustedOrigins: new Array(1) })).toMatch(/^trustedOrigins\[0\] takes/)
    expect(refusal({ ...good, scopeImplies: { a: new Array(1) } })).toMatch(/^scopeImplies\["a"\]\[0\] takes/)
  })

  it('what proves bound tokens in the place of another such thing', () => {
    const [dpop, mtls] = [createDpop(), createMtls({ from: 'tls' })]
    expect(refusal({ ...good, dpop: mtls })).toBe('dpop must be made with createDpop.')
    expect(refusal({ ...good, mtls: dpop })).toBe('mtls must be made with createMtls.')
    for (const wrong of [null, {}, 'tls', createDpop]) {
      expect(refusal({ ...good, dpop: wrong })).toBe('dpop must be made with createDpop.')
      expect(refusal({ ...good, mtls: wrong })).toBe('mtls must be made with createMtls.')
    }
  })

  it.each([null, 5, {}])('tokenFrom %j, also beside dpop, which asks what is in it', (tokenFrom) => {
    expect(refusal({ ...good, tokenFrom, dpop: createDpop() })).toMatch(/^tokenFrom must be a list/)
  })

  it('an issuer twice', () => {
    const entry = { issuer, audience, jwks }
    expect(refusal({ issuers: [entry, { ...entry, audience: 'other' }] })).toBe(
      'issuers[1]: issuer "https://id.example" is configured twice. Merge the two entries into one.',
    )
  })

  it('no issuer, or no audience, said', () => {
    expect(refusal({ audience, jwks })).toMatch(/^issuer is missing\./)
    expect(refusal({ issuer, jwks })).toMatch(/^audience is missing or empty\./)
  })

  it.each(['clockTolerance', 'maxTokenAge'])('%s that is no duration', (name) => {
    for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY, '10', null]) {
      expect(refusal({ ...good, [name]: value })).toBe(
        `${name} must be a finite number, 0 or more. Durations are in seconds.`,
      )
    }
  })

  it('a wrong keySet option, for all issuers or one', () => {
    const text = 'keySet.timeout must be a finite number, 0 or more. Durations are in seconds.'
    expect(refusal({ ...good, keySet: { timeout: -1 } })).toBe(text)
    expect(refusal({ issuers: [{ issuer, audience, keySet: { timeout: -1 } }] })).toBe(`issuers[0]: ${text}`)
    expect(refusal({ issuers: [{ issuer, audience, jwks }], keySet: { timeout: -1 } })).toBe(text)
  })

  it.each([[[]], ['header'], [{ cookie: 'access' }]])('tokenFrom %j', (tokenFrom) => {
    expect(refusal({ ...good, tokenFrom })).toBe(
      "tokenFrom must be a list of at least one place, or no token can be found. The default is ['header'].",
    )
  })

  it.each([[['header', 'header']], [['header', { cookie: 'a' }, { cookie: 'a' }]]])('tokenFrom %j', (tokenFrom) => {
    expect(refusal({ ...good, tokenFrom })).toBe('tokenFrom names the same source twice. Name each once.')
  })

  it.each([
    'cookie',
    'Header',
    null,
    undefined,
    5,
    {},
    { cookie: '' },
    { cookie: 'a b' },
    { cookie: 'a;b' },
    { cookie: 5 },
    { header: 'Authorization' },
  ])('the token source %j', (source) => {
    expect(refusal({ ...good, tokenFrom: [{ cookie: 'access' }, source] })).toBe(
      "tokenFrom[1] takes 'header', { cookie: name } with a name that a browser would keep (RFC 6265 §4.1.1), and { header: name } with the name of another field than Authorization and Cookie.",
    )
  })

  it.each([
    'https://app.example/',
    'https://app.example:443',
    'app.example',
    'https://*.app.example',
    'null',
    '*',
    '',
    5,
  ])('the trusted origin %j', (origin) => {
    expect(refusal({ ...good, trustedOrigins: ['https://ok.example', origin] })).toBe(
      'trustedOrigins[1] takes origins exactly as a browser sends them, e.g. "https://app.example" or "capacitor://localhost": no path, no trailing slash, no default port, lower case. Or a function that is given the origin and answers true.',
    )
  })

  it.each([{}, null, 'schema', { '~standard': {} }, { parse: () => {} }])(
    'claims %j, which are no schema',
    (claims) => {
      expect(refusal({ ...good, claims })).toBe(
        'claims takes a Standard Schema, e.g. one of Zod, Valibot or ArkType: https://standardschema.dev.',
      )
    },
  )

  it.each([
    [{ jwksUri: 'http://id.example/jwks', jwks: undefined }, /^jwksUri must be an https URL/],
    [{ jwks: { keys: [key.jwk, createKey('ES256').jwk, weak] } }, /^jwks\.keys\[2\] is too weak/],
    [{ secret: 'short', jwks: undefined }, /^secret is too short/],
    [{ secret: 'x'.repeat(32) }, /^jwks and secret exclude each other/],
    [{ algorithms: ['none'] }, /^algorithms\[0\] must name known algorithms/],
    [
      { jwks: { keys: [generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })] } },
      /^jwks\.keys\[0\] holds private key material/,
    ],
  ])('what an issuer cannot be given', (changes, text) => {
    const options = Object.fromEntries(
      Object.entries({ ...good, ...changes }).filter(([, value]) => value !== undefined),
    )
    expect(refusal(options)).toMatch(text)
  })

  it('and says no more of a secret or a key than where it stands', () => {
    const { d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
    expect(refusal({ issuer, audience, secret: 'hunter2' })).not.toContain('hunter2')
    expect(refusal({ ...good, jwks: { keys: [{ ...key.jwk, d }] } })).not.toContain(d)
  })
})

describe('verify', () => {
  it('gives who is calling, at once where nothing need be fetched', () => {
    const token = signToken(key, claimsSet({ scope: 'read write', email: 'ada@example.com' }))
    expect(create(good).verify(token)).toEqual({
      claims: claimsSet({ scope: 'read write', email: 'ada@example.com' }),
      scope: ['read', 'write'],
      roles: [],
      source: 'given',
      token,
    })
  })

  it('throws an error whose stack tells where it was called', () => {
    let thrown: unknown
    try {
      void create(good).verify('nonsense')
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(AuthError)
    expect((thrown as AuthError).stack).toContain('create-verifier.test')
  })

  it('throws an AuthError, and tells of it', async () => {
    const events: CoreEvent[] = []
    const verifier = create({ ...good, onEvent: (event: CoreEvent) => events.push(event) })
    expect(() => verifier.verify('nonsense')).toThrow(AuthError)
    expect(await refusedWith(verifier, signToken(key, claimsSet({ aud: 'other' })))).toMatchObject({
      code: 'token_rejected',
      reason: 'aud_mismatch',
      issuer,
    })
    expect(events).toEqual([
      { type: 'denied', code: 'token_malformed', reason: 'token_malformed' },
      { type: 'denied', code: 'token_rejected', reason: 'aud_mismatch', issuer },
    ])
  })

  it('answers malformed for what is no string, as it may come in a message', async () => {
    for (const value of [undefined, null, 5, {}, []]) {
      expect(await refusedWith(create(good), value as unknown as string)).toHaveProperty('code', 'token_malformed')
    }
  })

  it('tolerates 10 seconds by default, or as many as it is told', async () => {
    const late = (seconds: number) => ({ ...good, clock: () => now + 300 + seconds })
    const token = signToken(key)
    await create(late(9.9)).verify(token)
    expect(await refusedWith(create(late(10)), token)).toHaveProperty('code', 'token_expired')
    expect(await refusedWith(create({ ...late(0), clockTolerance: 0 }), token)).toHaveProperty('code', 'token_expired')
    await create({ ...late(59), clockTolerance: 60 }).verify(token)
  })

  it('limits the age of a token only where it is told to', async () => {
    const token = signToken(key, claimsSet({ iat: now - 5000 }))
    await create(good).verify(token)
    expect(await refusedWith(create({ ...good, maxTokenAge: 3600 }), token)).toMatchObject({
      code: 'token_expired',
      reason: 'max_token_age_passed',
    })
  })

  it('goes by the system clock by default', async () => {
    const seconds = Date.now() / 1000
    const verifier = create({ issuer, audience, jwks })
    await verifier.verify(signToken(key, claimsSet({ iat: seconds, exp: seconds + 60 })))
    expect(
      await refusedWith(verifier, signToken(key, claimsSet({ iat: undefined, exp: seconds - 60 }))),
    ).toHaveProperty('code', 'token_expired')
  })
})

describe('several issuers', () => {
  const secret = 'a secret of at least 32 bytes, that is'
  const verifier = create({
    issuers: [
      { issuer: 'a', audience, jwks },
      { issuer: 'b', audience: 'b-api', secret },
    ],
    clock: () => now,
  })

  it('the iss of a token chooses among them', () => {
    expect(verifier.verify(signToken(key, claimsSet({ iss: 'a' })))).toHaveProperty('claims.iss', 'a')
    expect(verifier.verify(signHmac(secret, claimsSet({ iss: 'b', aud: 'b-api' })))).toHaveProperty('claims.iss', 'b')
  })

  it('each with its own keys, algorithms and audience', async () => {
    const refused = async (token: string) => (await refusedWith(verifier, token)).reason
    expect(await refused(signToken(key, claimsSet({ iss: 'b', aud: 'b-api' })))).toBe('alg_not_allowed')
    expect(await refused(signHmac(secret, claimsSet({ iss: 'a' })))).toBe('alg_not_allowed')
    expect(await refused(signHmac(secret, claimsSet({ iss: 'b' })))).toBe('aud_mismatch')
  })

  it.each(['c', 'A', 'a/', '', null, undefined, 5, ['a'], '__proto__'])('refuses iss %j', async (iss) => {
    expect(await refusedWith(verifier, signToken(key, claimsSet({ iss })))).toMatchObject({
      code: 'token_rejected',
      reason: 'iss_unknown',
      issuer: undefined,
    })
  })
})

describe('the key sets of a verifier', () => {
  const other = createKey('ES256', { kid: 'other' })
  const entries = [
    { issuer: 'a', audience, jwks: { keys: [key.jwk, other.jwk] } },
    { issuer: 'b', audience, jwks },
  ]

  it('are shown in the order of the issuers', () => {
    expect(create({ issuers: entries }).keySets()).toMatchObject([
      { issuer: 'a', state: 'static', kids: ['k1', 'other'] },
      { issuer: 'b', state: 'static', kids: ['k1'] },
    ])
  })

  it('forget a kid, of all issuers or of one', () => {
    const verifier = create({ issuers: entries })
    verifier.forget('other')
    verifier.forget('k1', 'b')
    expect(verifier.keySets().map(({ kids }) => kids)).toEqual([['k1'], []])
  })

  it('know no issuer that is not configured', async () => {
    const text = 'No issuer of that name is configured in this verifier. Give one as `issuer` or `issuers` has it.'
    const verifier = create({ issuers: entries })
    expect(() => verifier.forget('k1', 'c')).toThrow(new ConfigError(text))
    await expect(verifier.refresh('c')).rejects.toThrow(new ConfigError(text))
  })

  it('are ready at once where they are static', async () => {
    const verifier = create({ issuers: entries })
    await expect(verifier.ready()).resolves.toBeUndefined()
    await expect(verifier.refresh()).resolves.toBeUndefined()
    await expect(verifier.refresh('a')).resolves.toBeUndefined()
  })

  it('are fetched by ready and refresh, through the fetch of the options', async () => {
    const asked: string[] = []
    const fetch = async (url: string | URL | Request) => {
      asked.push(String(url instanceof Request ? url.url : url))
      return Response.json(jwks)
    }
    const verifier = create({
      issuers: [
        { issuer: 'a', audience, jwksUri: 'https://a.example/jwks' },
        { issuer: 'b', audience, jwksUri: 'https://b.example/jwks' },
      ],
      fetch,
      clock: () => now,
    })
    await verifier.ready()
    expect(asked.toSorted()).toEqual(['https://a.example/jwks', 'https://b.example/jwks'])
    await verifier.refresh('b')
    expect(asked.slice(2)).toEqual(['https://b.example/jwks'])
  })

  it('are fetched on Node without its fetch by default', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new Error('asked')))
    const server = createServer((_request, response) => response.end(JSON.stringify(jwks)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const verifier = create({ issuer, audience, jwksUri: `http://127.0.0.1:${port}/jwks`, clock: () => now })
    await verifier.ready()
    server.close()
    expect(verifier.keySets()).toMatchObject([{ state: 'fresh', kids: ['k1'] }])
  })

  it('reject with keys_unavailable if they are not available', async () => {
    const verifier = create({
      issuer,
      audience,
      jwksUri: 'https://a.example/jwks',
      fetch: () => Promise.reject(new TypeError('refused')),
      random: () => 0.5,
      clock: () => now,
    })
    await expect(verifier.ready()).rejects.toMatchObject({ code: 'keys_unavailable', issuer })
  })
})

describe('authenticate', () => {
  const requirement = { required: true, scope: [] }

  it('looks at the header alone by default', () => {
    const verifier = create(good)
    const token = signToken(key)
    expect(verifier.authenticate(viewOf({ authorization: `Bearer ${token}` }), requirement)).toHaveProperty(
      'allow',
      true,
    )
    expect(verifier.authenticate(viewOf({ cookie: `access=${token}` }), requirement)).toHaveProperty('allow', false)
  })

  it('trusts the configured origins, and none by default', () => {
    const view = viewOf({ cookie: `access=${signToken(key)}`, origin: 'https://app.example' }, 'POST')
    const options = { ...good, tokenFrom: [{ cookie: 'access' }] }
    expect(create(options).authenticate(view, requirement)).toHaveProperty('error.code', 'origin_rejected')
    expect(
      create({ ...options, trustedOrigins: ['https://app.example'] }).authenticate(view, requirement),
    ).toHaveProperty('allow', true)
  })
})

describe('a claims schema', () => {
  it('checks and shapes what the app gets to see', async () => {
    const verifier = createVerifier({ ...good, claims: z.object({ email: z.email().toLowerCase() }) })
    const { claims } = await verifier.verify(signToken(key, claimsSet({ email: 'Ada@Example.com' })))
    expect(claims.email).toBe('ada@example.com')
    expect(claims.sub).toBe('ada')
    await expect(async () => verifier.verify(signToken(key))).rejects.toMatchObject({ reason: 'claims_schema' })
  })
})

describe('options of the wrong type', () => {
  it.each<[string, unknown]>([
    ['no options', undefined],
    ['null', null],
    ['a text', 'https://id.example'],
    ['a list', []],
    ['clock', { ...good, clock: 5 }],
    ['random', { ...good, random: 0.5 }],
    ['fetch', { ...good, fetch: 'node-fetch' }],
    ['onEvent', { ...good, onEvent: true }],
    ['decryption', { ...good, decryption: {} }],
    ['tokenCache', { ...good, tokenCache: 'yes' }],
    ['keySet', { ...good, keySet: 5 }],
    ['isRevoked', { ...good, isRevoked: 'yes' }],
    ['maxTokenAge of 0', { ...good, maxTokenAge: 0 }],
    ['maxTokenLength of 0', { ...good, maxTokenLength: 0 }],
    ['maxTokenLength', { ...good, maxTokenLength: '5' }],
    ['scopeImplies', { ...good, scopeImplies: ['read'] }],
    ['scopeFrom', { ...good, scopeFrom: [] }],
    ['rolesFrom', { ...good, rolesFrom: [5] }],
    ['trustedOrigins', { ...good, trustedOrigins: 'https://app.example' }],
    ['claims', { ...good, claims: {} }],
    ['claims as a function without a schema', { ...good, claims: () => true }],
  ])('%s: ConfigError', (_what, options) => {
    expect(() => createVerifier(options as VerifierOptions)).toThrow(ConfigError)
  })

  it('a schema may be a function', () => {
    const claims = Object.assign(() => {}, {
      '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) },
    })
    expect(() => createVerifier({ ...good, claims } as VerifierOptions)).not.toThrow()
  })

  it('a refused option leaves nothing running', () => {
    let fetched = 0
    const options = {
      ...{
        issuer,
        audience,
        keySet: { startup: 'background' },
        fetch: () => Promise.reject(new Error(`${++fetched}`)),
      },
      trustedOrigins: ['https://app.example/'],
    }
    expect(() => createVerifier(options as unknown as VerifierOptions)).toThrow(ConfigError)
    expect(fetched).toBe(0)
  })
})

it('keeps a request alive for the fetch that it needs, and for a refresh in the background', async () => {
  let time = now
  const verifier = create({
    issuer,
    audience,
    jwksUri: 'https://id.example/jwks',
    clock: () => time,
    random: () => 0.5,
    fetch: async () => Response.json(jwks),
  })
  const kept: Promise<unknown>[] = []
  const token = signToken(key, claimsSet({ exp: now + 3600 }))
  const view = {
    ...viewOf({ authorization: `Bearer ${token}` }),
    waitUntil: (work: Promise<unknown>) => void kept.push(work),
  }
  await verifier.authenticate(view, createRequirement(true))
  expect(kept).toHaveLength(1)
  await Promise.all(kept)
  time += 590
  expect(verifier.authenticate(view, createRequirement(true))).toMatchObject({ allow: true })
  expect(kept).toHaveLength(2)
  await Promise.all(kept)
})
