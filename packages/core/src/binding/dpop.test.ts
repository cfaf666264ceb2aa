import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { audience, createKey, encode, issuer, now, publicAlgorithms, signHmac, viewOf } from '../../test/fixtures.js'
import {
  boundToken,
  clientKey,
  hash,
  issuerKey,
  otherKey,
  proofClaims,
  signProof,
  thumbprint,
} from '../../test/proofs.js'
import { ConfigError } from '../config-error.js'
import { createVerifier } from '../create-verifier.js'
import { denialOf } from '../denial.js'
import type { AuthErrorCode } from '../error-codes.js'
import type { Decision } from '../request-view.js'
import { createRequirement } from '../requirement/requirement.js'
import type { Verifier } from '../verifier.js'
import { createDpop, type DpopOptions } from './dpop.js'
import type { ReplayStore } from './replay-store.js'

const secret = 'a secret of at least thirty-two bytes'
const required = createRequirement(true)
const token = boundToken()

function verifierWith(options: DpopOptions = {}, clock = () => now): Verifier {
  const jwks = { keys: [issuerKey.jwk] }
  return createVerifier({ issuer, audience, jwks, clock, dpop: createDpop(options) })
}

type Headers = Record<string, string>

function decide(verifier: Verifier, headers: Headers, method = 'GET', url?: string): Decision<object> {
  const decision = verifier.authenticate(viewOf(headers, method, url), required)
  if (decision instanceof Promise) throw new Error('Nothing had to be waited for.')
  return decision
}

function outcome(decision: Decision<object>): string {
  if ('thrown' in decision) throw decision.thrown
  return decision.allow ? 'allowed' : `${decision.error.code} ${decision.error.reason}`
}

/** What becomes of a request with a proof. */
function ask(proof: string | undefined, verifier: Verifier = verifierWith(), bound: string = token): string {
  return outcome(decide(verifier, { authorization: `DPoP ${bound}`, ...(proof === undefined ? {} : { dpop: proof }) }))
}

const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) })

const good = (changes: Record<string, unknown> = {}): string => signProof(proofClaims(token, changes))

describe('a proof', () => {
  it('that is good lets its token pass, once', () => {
    const verifier = verifierWith()
    const proof = good()
    expect(ask(proof, verifier)).toBe('allowed')
    expect(ask(proof, verifier)).toBe('proof_rejected proof_replayed')
    expect(ask(good(), verifier)).toBe('allowed')
  })

  it('is needed at each request, also where the token is remembered', () => {
    const verifier = verifierWith()
    expect(ask(good(), verifier)).toBe('allowed')
    expect(ask(undefined, verifier)).toBe('proof_rejected proof_missing')
  })

  it('is burnt by key and jti: another iat is no new proof, another key is', () => {
    const verifier = verifierWith()
    expect(ask(good({ jti: 'x' }), verifier)).toBe('allowed')
    expect(ask(good({ jti: 'x', iat: now - 5 }), verifier)).toBe('proof_rejected proof_replayed')
    const theirs = boundToken({ cnf: { jkt: thumbprint(otherKey) } })
    expect(ask(signProof(proofClaims(theirs, { jti: 'x' }), {}, otherKey), verifier, theirs)).toBe('allowed')
  })

  it('that is refused is not burnt', () => {
    const verifier = verifierWith()
    expect(ask(good({ jti: 'x', ath: 'other' }), verifier)).toBe('proof_rejected ath_mismatch')
    expect(ask(good({ jti: 'x' }), verifier)).toBe('allowed')
  })

  it.each([
    ['', 'proof_malformed'],
    ['x', 'proof_malformed'],
    [`${good()}, ${good()}`, 'proof_repeated'],
    [`${good()},`, 'proof_repeated'],
    [`${good()}.`, 'proof_malformed'],
    [`${good()}=`, 'proof_malformed'],
    [`${encode('{"typ"')}.e30.AAAA`, 'proof_malformed'],
    [signProof([]), 'proof_malformed'],
    [good({ deep: nested(64) }), 'proof_malformed'],
    [signProof(proofClaims(token, { pad: 'x'.repeat(6000) })), 'proof_malformed'],
  ])('must be one compact JWS: %#', (proof, reason) => {
    expect(ask(proof)).toBe(`proof_rejected ${reason}`)
  })

  it.each([undefined, 'JWT', 'DPoP+jwt', 'application/dpop+jwt', 'dpop+jwt ', 42, null])(
    'must have its typ: %j',
    (typ) => {
      expect(ask(signProof(proofClaims(token), { typ }))).toBe('proof_rejected proof_type')
    },
  )

  it.each([[], ['exp'], null, false])('must have no crit: %j', (crit) => {
    expect(ask(signProof(proofClaims(token), { crit }))).toBe('proof_rejected crit_unsupported')
  })

  it.each([undefined, 'none', 'HS256', 'RS384', 'es256', ['ES256'], 'toString'])(
    'has an alg of the list: %j',
    (alg) => {
      expect(ask(signProof(proofClaims(token), { alg }))).toBe('proof_rejected proof_algorithm')
    },
  )

  it('is never made with a secret', () => {
    const key = { kty: 'oct', k: encode(secret) }
    const proof = signHmac(secret, proofClaims(token), { typ: 'dpop+jwt', alg: 'HS256', jwk: key })
    expect(ask(proof)).toBe('proof_rejected proof_algorithm')
  })

  it.each([
    [undefined, 'key_unfit'],
    [null, 'key_unfit'],
    ['key', 'key_unfit'],
    [[], 'key_unfit'],
    [{}, 'key_unfit'],
    [{ ...clientKey.jwk, d: 'AA' }, 'key_private'],
    [{ ...clientKey.jwk, k: 'AA' }, 'key_private'],
    [{ kty: 'oct', k: 'AA' }, 'key_private'],
    [{ ...clientKey.jwk, use: 'enc' }, 'key_unfit'],
    [{ ...clientKey.jwk, key_ops: ['sign'] }, 'key_unfit'],
    [{ ...clientKey.jwk, alg: 'ES384' }, 'key_unfit'],
    [{ ...clientKey.jwk, crv: 'P-384' }, 'key_unfit'],
    [createKey('EdDSA', { alg: undefined }).jwk, 'key_unfit'],
    [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }, 'key_unfit'],
    // A proof by another key than the token's is refused in any case, so its signature is not verified.
    [{ ...clientKey.jwk, y: clientKey.jwk['x'] }, 'jkt_mismatch'],
    [otherKey.jwk, 'jkt_mismatch'],
  ])('has a public key in its header: %#', (jwk, reason) => {
    expect(ask(signProof(proofClaims(token), { jwk }))).toBe(`proof_rejected ${reason}`)
  })

  it.each([
    // The point is not on the curve, which only the platform finds out.
    { ...clientKey.jwk, y: clientKey.jwk['x'] },
    otherKey.jwk,
  ])(
    'is signed by the key in its header, also by another than the token is bound to where a nonce is asked for',
    (jwk) => {
      const verifier = verifierWith({ nonce: { secrets: [secret] } })
      expect(ask(signProof(proofClaims(token), { jwk }), verifier)).toBe('proof_rejected proof_signature')
      expect(ask(signProof(proofClaims(token), {}, otherKey), verifier)).toBe('nonce_required nonce_missing')
    },
  )

  it.each(['GET ', 'get', 'POST', '', undefined, ['GET'], 42])('names the method: %j', (htm) => {
    expect(ask(good({ htm }))).toBe('proof_rejected htm_mismatch')
  })

  it.each([
    undefined,
    42,
    ['https://api.example/things'],
    '',
    '/things',
    'http://api.example/things',
    'https://api.example/',
    'https://api.example/Things',
    'https://api.example/things/',
    'https://api.example:8443/things',
    'https://ada@api.example/things',
    'https://api.example.evil/things',
    'wss://api.example/things',
  ])('names the target: %j', (htu) => {
    expect(ask(good({ htu }))).toBe('proof_rejected htu_mismatch')
  })

  it.each(['https://api.example/things?a=b', 'HTTPS://API.example:443/th%69ngs#f', 'https://api.example/x/../things'])(
    'may write the target as %s',
    (htu) => {
      expect(ask(good({ htu }))).toBe('allowed')
    },
  )

  it('is for a request that says where it goes', () => {
    const headers = { authorization: `DPoP ${token}`, dpop: good({ htu: '/things' }) }
    expect(outcome(decide(verifierWith(), headers, 'GET', '/things'))).toBe('proof_rejected htu_mismatch')
  })

  it('names the public origin, where there is one', () => {
    const verifier = verifierWith({ publicOrigin: 'https://public.example' })
    const at = (htu: string, url: string): string =>
      outcome(decide(verifier, { authorization: `DPoP ${token}`, dpop: good({ htu }) }, 'GET', url))
    expect(at('https://public.example/a', 'http://10.0.0.7:3000/a?b')).toBe('allowed')
    expect(at('https://public.example/a', '/a')).toBe('allowed')
    expect(at('http://10.0.0.7:3000/a', 'http://10.0.0.7:3000/a')).toBe('proof_rejected htu_mismatch')
  })

  it.each([undefined, '', 42, null, ['x'], 'x'.repeat(257)])('has a jti: %j', (jti) => {
    expect(ask(good({ jti }))).toBe('proof_rejected jti_invalid')
  })

  it('may have a jti of 256 characters of any kind', () => {
    expect(ask(good({ jti: '\u0000é\ud800'.padEnd(256, '\u2603') }))).toBe('allowed')
  })

  it('with another lone surrogate in its jti is another', () => {
    const verifier = verifierWith()
    expect(ask(good({ jti: '\ud800' }), verifier)).toBe('allowed')
    expect(ask(good({ jti: '\ud801' }), verifier)).toBe('allowed')
  })

  it.each([
    [undefined, 'iat_invalid'],
    [String(now), 'iat_invalid'],
    [null, 'iat_invalid'],
    [now - 69.5, undefined],
    [now - 70, 'proof_stale'],
    [now - 1e9, 'proof_stale'],
    [now + 10, undefined],
    [now + 10.5, 'iat_in_future'],
    [1e300, 'iat_in_future'],
  ])('was made lately: %j', (iat, reason) => {
    expect(ask(good({ iat }))).toBe(reason === undefined ? 'allowed' : `proof_rejected ${reason}`)
  })

  it('may be as old as said', () => {
    const verifier = verifierWith({ maxAge: 5 })
    expect(ask(good({ iat: now - 14 }), verifier)).toBe('allowed')
    expect(ask(good({ iat: now - 15 }), verifier)).toBe('proof_rejected proof_stale')
  })

  it.each([undefined, '', 42, hash('another token'), Buffer.from(hash(token)).toString('hex')])(
    'names the token: %j',
    (ath) => {
      expect(ask(good({ ath }))).toBe('proof_rejected ath_mismatch')
    },
  )

  it('is by the key that the token is bound to', () => {
    expect(ask(signProof(proofClaims(token), {}, otherKey))).toBe('proof_rejected jkt_mismatch')
  })

  it.each(publicAlgorithms.filter((alg) => !['RS384', 'RS512', 'PS384', 'PS512'].includes(alg)))(
    'may be signed with %s, by a key seen before or not',
    async (alg) => {
      const key = createKey(alg, { kid: undefined, alg: undefined })
      const { calculateJwkThumbprint } = await import('jose')
      const theirs = boundToken({ cnf: { jkt: await calculateJwkThumbprint({ ...key.jwk }) } })
      const verifier = verifierWith()
      expect(ask(signProof(proofClaims(theirs), {}, key), verifier, theirs)).toBe('allowed')
      expect(ask(signProof(proofClaims(theirs), {}, key), verifier, theirs)).toBe('allowed')
      const [header, claims] = signProof(proofClaims(theirs), {}, key).split('.')
      const [, , signature] = signProof(proofClaims(theirs), {}, key).split('.')
      expect(ask(`${header}.${claims}.${signature}`, verifier, theirs)).toBe('proof_rejected proof_signature')
    },
  )
})

describe('the token of a proof', () => {
  const missing = { cnf: undefined }
  it.each([
    ['DPoP', missing, 'binding_mismatch'],
    ['Bearer', {}, 'binding_mismatch'],
    ['DPoP', { cnf: { 'x5t#S256': hash('certificate') } }, 'binding_unchecked'],
    ['Bearer', { cnf: { 'x5t#S256': hash('certificate') } }, 'binding_unchecked'],
    ['DPoP', { cnf: null }, 'binding_unchecked'],
    ['DPoP', { cnf: {} }, 'binding_unchecked'],
    ['DPoP', { cnf: { jkt: thumbprint(clientKey), kid: '1' } }, 'binding_unchecked'],
  ])('under %s with %j is refused before its proof is looked at', (scheme, claims, reason) => {
    const decision = decide(verifierWith(), { authorization: `${scheme} ${boundToken(claims)}` })
    expect(outcome(decision)).toBe(`token_rejected ${reason}`)
  })

  it('is looked at first', () => {
    const tampered = `${token.slice(0, -4)}AAAA`
    expect(ask(undefined, verifierWith(), tampered)).toBe('token_rejected signature_invalid')
    expect(ask(undefined, verifierWith(), boundToken({ exp: now - 60 }))).toBe('token_expired exp_passed')
  })

  it('that is bound to nothing passes under Bearer, unless proofs are required', () => {
    const headers = { authorization: `Bearer ${boundToken(missing)}` }
    expect(outcome(decide(verifierWith(), headers))).toBe('allowed')
    const strict = verifierWith({ required: true })
    expect(outcome(decide(strict, headers))).toBe('token_missing token_missing')
    expect(strict.authenticate(viewOf(headers), createRequirement(false))).toEqual({ allow: true, auth: null })
    // Nor where it is remembered.
    expect(ask(good(), strict)).toBe('allowed')
    expect(outcome(decide(strict, { authorization: `Bearer ${token}` }))).toBe('token_missing token_missing')
  })

  it('is refused where it comes without a request', () => {
    expect(() => verifierWith().verify(token)).toThrow(expect.objectContaining({ reason: 'binding_unchecked' }))
  })
})

describe('nonces', () => {
  const step = 60
  const start = Math.floor(now / step) * step
  const nonce = { secrets: [secret] }
  const nonceOf = (decision: Decision<object>): unknown => decision.response?.headers?.['dpop-nonce']

  function askAt(moment: number, claims: Record<string, unknown>, verifier?: Verifier): Decision<object> {
    const headers = { authorization: `DPoP ${token}`, dpop: good({ iat: moment, ...claims }) }
    return decide(verifier ?? verifierWith({ nonce }, () => moment), headers)
  }

  it('are asked for, given, and good for their step and the next', () => {
    const without = askAt(start, {})
    expect(outcome(without)).toBe('nonce_required nonce_missing')
    const first = nonceOf(without)
    expect(first).toMatch(/^[\w-]{43}$/)
    const inStep = askAt(start + 59, { nonce: first })
    expect([outcome(inStep), nonceOf(inStep)]).toEqual(['allowed', undefined])
    const inNext = askAt(start + 119, { nonce: first })
    expect(outcome(inNext)).toBe('allowed')
    expect(nonceOf(inNext)).toMatch(/^[\w-]{43}$/)
    expect(nonceOf(inNext)).not.toBe(first)
    const late = askAt(start + 120, { nonce: first })
    expect(outcome(late)).toBe('nonce_required nonce_unknown')
    expect(nonceOf(late)).toMatch(/^[\w-]{43}$/)
    const [current, next] = [nonceOf(inNext), nonceOf(late)]
    expect(outcome(askAt(start + 120, { nonce: current }))).toBe('allowed')
    expect(outcome(askAt(start + 120, { nonce: next }))).toBe('allowed')
  })

  it('go with an answer only where the whole proof was good', () => {
    const first = nonceOf(askAt(start, {}))
    for (const claims of [{ ath: 'x' }, { htm: 'POST' }, { iat: start - 70 }]) {
      const decision = askAt(start + 60, { nonce: first, ...claims })
      expect(outcome(decision)).toContain('proof_rejected')
      expect(nonceOf(decision)).toBeUndefined()
    }
    const verifier = verifierWith({ nonce }, () => start + 60)
    expect(nonceOf(askAt(start + 60, { nonce: first, jti: 'x' }, verifier))).toBeDefined()
    expect(nonceOf(askAt(start + 60, { nonce: first, jti: 'x' }, verifier))).toBeUndefined()
  })

  it('go with the error of a check of the app’s own that fails', async () => {
    const first = nonceOf(askAt(start, {}))
    const failure = new Error('the database is away')
    const checks = [
      () => {
        throw failure
      },
      () => Promise.reject(failure),
    ]
    for (const check of checks) {
      const headers = { authorization: `DPoP ${token}`, dpop: good({ iat: start + 60, nonce: first }) }
      const { authenticate } = verifierWith({ nonce }, () => start + 60)
      const decision = await authenticate(viewOf(headers), createRequirement(true, { check }))
      expect(decision).toEqual({
        allow: false,
        thrown: failure,
        response: { headers: { 'dpop-nonce': expect.any(String) } },
      })
    }
  })

  it('go with a refusal by the route too', () => {
    const first = nonceOf(askAt(start, {}))
    const headers = { authorization: `DPoP ${token}`, dpop: good({ iat: start + 60, nonce: first }) }
    const view = viewOf(headers)
    const decision = verifierWith({ nonce }, () => start + 60).authenticate(
      view,
      createRequirement(true, { scope: 'a' }),
    )
    expect(decision).toMatchObject({ allow: false, error: { code: 'scope_insufficient' } })
    expect(decision).toHaveProperty(['response', 'headers', 'dpop-nonce'])
  })

  it('are asked for after jti and iat, before ath', () => {
    expect(outcome(askAt(start, { iat: start - 70 }))).toBe('proof_rejected proof_stale')
    expect(outcome(askAt(start, { jti: '' }))).toBe('proof_rejected jti_invalid')
    expect(outcome(askAt(start, { ath: 'x' }))).toBe('nonce_required nonce_missing')
  })

  it('are not looked at where none is asked for', () => {
    expect(ask(good({ nonce: 42 }))).toBe('allowed')
  })
})

describe('the challenge', () => {
  const bearer = 'Bearer, DPoP '
  const algs = 'algs="ES256 ES384 ES512 PS256 RS256 EdDSA Ed25519"'

  function challenge(headers: Headers, options: DpopOptions = {}, scope?: string): string | undefined {
    const verifier = verifierWith(options)
    const decision = verifier.authenticate(
      viewOf(headers),
      createRequirement(true, scope === undefined ? {} : { scope }),
    )
    if (decision instanceof Promise || !('error' in decision)) throw new Error('It was to be refused at once.')
    return denialOf(decision.error).headers['www-authenticate']
  }

  it.each<[Headers, DpopOptions, string | undefined, string]>([
    [{}, {}, undefined, `${bearer}${algs}`],
    [{}, { required: true }, undefined, `DPoP ${algs}`],
    [{}, { algorithms: ['EdDSA', 'ES256'] }, undefined, `${bearer}algs="EdDSA ES256"`],
    [{ authorization: 'Bearer' }, {}, undefined, `Bearer error="invalid_request", DPoP ${algs}`],
    [{ authorization: 'dpop' }, {}, undefined, `${bearer}error="invalid_request", ${algs}`],
    [{ authorization: 'DPoP x, Bearer y' }, {}, undefined, `${bearer}error="invalid_request", ${algs}`],
    [{ authorization: 'Bearer x, DPoP y' }, {}, undefined, `Bearer error="invalid_request", DPoP ${algs}`],
    [{ authorization: 'Basic x, DPoP y' }, {}, undefined, `Bearer error="invalid_request", DPoP ${algs}`],
    [{ authorization: 'DPoPx y' }, {}, undefined, `${bearer}${algs}`],
    [{ authorization: 'DPoP x' }, {}, undefined, `${bearer}error="invalid_token", ${algs}`],
    [{ authorization: 'Bearer x' }, {}, undefined, `Bearer error="invalid_token", DPoP ${algs}`],
    [{ authorization: 'Bearer x' }, { required: true }, undefined, `DPoP ${algs}`],
    [{ authorization: `DPoP ${token}` }, {}, undefined, `${bearer}error="invalid_dpop_proof", ${algs}`],
    [
      { authorization: `DPoP ${token}`, dpop: good() },
      { nonce: { secrets: [secret] } },
      undefined,
      `${bearer}error="use_dpop_nonce", ${algs}`,
    ],
    [
      { authorization: `DPoP ${token}`, dpop: good() },
      { required: true },
      'a b',
      `DPoP error="insufficient_scope", scope="a b", ${algs}`,
    ],
  ])('to %o with %o is as expected', (headers, options, scope, expected) => {
    expect(challenge(headers, options, scope)).toBe(expected)
  })
})

describe('a replay store', () => {
  const stores: readonly [string, ReplayStore['burn'], AuthErrorCode | 'allowed'][] = [
    ['says yes later', async () => true, 'allowed'],
    ['says no later', async () => false, 'proof_rejected'],
    [
      'throws',
      () => {
        throw new Error('down')
      },
      'store_unavailable',
    ],
    [
      'rejects',
      async () => {
        throw new Error('down')
      },
      'store_unavailable',
    ],
    ['says something else', () => 'OK' as never, 'store_unavailable'],
    ['says something else later', async () => 1 as never, 'store_unavailable'],
    ['says nothing', () => undefined as never, 'store_unavailable'],
    ['never answers', () => new Promise(() => {}), 'store_unavailable'],
  ]
  it.each(stores)('that %s', async (_name, burn, expected) => {
    const verifier = verifierWith({ replayStore: { burn } })
    const decision = await verifier.authenticate(viewOf({ authorization: `DPoP ${token}`, dpop: good() }), required)
    expect('error' in decision ? decision.error.code : 'allowed').toBe(expected)
  })

  it('has one second to answer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const verifier = verifierWith({ replayStore: { burn: () => new Promise(() => {}) } })
    let outcome = 'waits'
    void Promise.resolve(
      verifier.authenticate(viewOf({ authorization: `DPoP ${token}`, dpop: good() }), required),
    ).then((decision) => {
      outcome = 'error' in decision ? decision.error.code : 'allowed'
    })
    await vi.advanceTimersByTimeAsync(999)
    expect(outcome).toBe('waits')
    await vi.advanceTimersByTimeAsync(1)
    expect(outcome).toBe('store_unavailable')
  })

  it('is asked for a hash, for as long as the proof could be good', () => {
    const asked: unknown[] = []
    const replayStore: ReplayStore = { burn: (...args) => asked.push(args) > 0 }
    expect(ask(good({ jti: 'x', iat: now - 7 }), verifierWith({ replayStore }))).toBe('allowed')
    expect(asked).toEqual([[hash(JSON.stringify([thumbprint(clientKey), 'x'])), now - 7 + 70, now]])
  })
})

describe('createDpop', () => {
  it.each([
    [{ require: true }, 'unknown option "require"'],
    [{ required: 1 }, 'required'],
    [{ maxAge: 0 }, 'maxAge'],
    [{ maxAge: -1 }, 'maxAge'],
    [{ maxAge: '60' }, 'maxAge'],
    [{ maxAge: Number.POSITIVE_INFINITY }, 'maxAge'],
    [{ algorithms: [] }, 'algorithms'],
    [{ algorithms: null }, 'algorithms'],
    [{ algorithms: 'ES256' }, 'algorithms'],
    [{ algorithms: ['ES256', 'HS256'] }, 'algorithms[1]'],
    [{ algorithms: ['none'] }, 'algorithms'],
    [{ nonce: true }, 'dpop.nonce'],
    [{ nonce: { secrets: ['short'] } }, '32 bytes'],
    [{ replayStore: {} }, 'replayStore'],
    [{ replayStore: null }, 'replayStore'],
    [{ publicOrigin: 'https://api.example/' }, 'publicOrigin'],
    [{ publicOrigin: 'api.example' }, 'publicOrigin'],
    [{ publicOrigin: 'capacitor://localhost' }, 'publicOrigin'],
    [{ publicOrigin: 42 }, 'publicOrigin'],
    [null, 'createDpop'],
  ])('refuses %j', (options, message) => {
    expect(() => createDpop(options as DpopOptions)).toThrow(ConfigError)
    expect(() => createDpop(options as DpopOptions)).toThrow(message)
  })
})
