import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { audience, claimsSet, createKey, issuer, now, signHmac, signToken } from '../../test/fixtures.js'
import { findKey } from '../../test/scripted-endpoint.js'
import { AuthError } from '../auth-error.js'
import { createVerifier } from '../create-verifier.js'
import type { Issuer } from '../issuer.js'
import { SecretKeySet } from '../keys/configured-keys.js'
import type { JwkSet } from '../keys/jwk.js'
import type { Verifier } from '../verifier.js'
import type { VerifierOptions } from '../verifier-options.js'
import { createTokenCache } from './token-cache.js'
import { VerifiedToken } from './verified-token.js'

const key = createKey('EdDSA')
const secret = 'a secret of at least 32 bytes, that is'

/** A verifier whose clock, keys and revocations the test changes. */
function world(changes: Partial<VerifierOptions> = {}) {
  const state = { time: now, jwks: { keys: [key.jwk] } as JwkSet, revoked: false as boolean | 'unsure' }
  const options = {
    issuer,
    audience,
    jwks: { current: () => state.jwks },
    clock: () => state.time,
    isRevoked: () => state.revoked,
    ...changes,
  }
  return { state, verifier: createVerifier(options as VerifierOptions) }
}

async function outcome(verifier: Verifier, token: string): Promise<string> {
  try {
    await verifier.verify(token)
    return 'good'
  } catch (error) {
    if (!(error instanceof AuthError)) throw error
    return error.reason
  }
}

/** How a request fares whose Authorization field brings the token. */
async function fieldOutcome(verifier: Verifier, token: string): Promise<string> {
  const view = { method: 'GET', header: () => `Bearer ${token}`, url: () => '' }
  const decision = await verifier.authenticate(view, { required: true, scope: [] })
  if ('thrown' in decision) throw decision.thrown
  return decision.allow ? 'good' : decision.error.reason
}

/** A remembered token gives the same identity again; one verified in full a new one. */
async function isRemembered(verifier: Verifier, token: string): Promise<boolean> {
  const first = await verifier.verify(token)
  return (await verifier.verify(token)) === first
}

describe.each([
  ['given to verify', outcome],
  ['in a field', fieldOutcome],
])('a remembered token %s', (_way, ask) => {
  it('gives the same identity again, without a promise', async () => {
    const { verifier } = world()
    const token = signToken(key)
    const auth = await verifier.verify(token)
    expect(verifier.verify(token)).toBe(auth)
  })

  it('is not remembered with tokenCache: false', async () => {
    expect(await isRemembered(world().verifier, signToken(key))).toBe(true)
    expect(await isRemembered(world({ tokenCache: false }).verifier, signToken(key))).toBe(false)
  })

  it('is known by the whole of it', async () => {
    const { verifier } = world()
    const token = signToken(key)
    expect(await ask(verifier, token)).toBe('good')
    const at = token.lastIndexOf('.') + 1
    const turned = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
    expect(await ask(verifier, turned)).toBe('signature_invalid')
    expect(await ask(verifier, `${token.slice(0, at)}AAAA`)).toBe('signature_invalid')
  })

  it('expires', async () => {
    const { state, verifier } = world()
    const token = signToken(key)
    expect(await isRemembered(verifier, token)).toBe(true)
    state.time = now + 309.9
    expect(await isRemembered(verifier, token)).toBe(true)
    state.time = now + 310
    expect(await ask(verifier, token)).toBe('exp_passed')
  })

  it('is not yet good again where the clock was set back', async () => {
    const { state, verifier } = world()
    const token = signToken(key, claimsSet({ nbf: now, iat: undefined }))
    expect(await ask(verifier, token)).toBe('good')
    state.time = now - 11
    expect(await ask(verifier, token)).toBe('nbf_in_future')
  })

  it('grows too old', async () => {
    const { state, verifier } = world({ maxTokenAge: 60 })
    const token = signToken(key)
    expect(await ask(verifier, token)).toBe('good')
    state.time = now + 70
    expect(await ask(verifier, token)).toBe('max_token_age_passed')
  })

  it('dies with its key', async () => {
    const { state, verifier } = world()
    const token = signToken(key)
    expect(await ask(verifier, token)).toBe('good')
    state.jwks = { keys: [createKey('EdDSA', { kid: 'k2' }).jwk] }
    expect(await ask(verifier, token)).toBe('key_not_found')
  })

  it('dies where another key takes the same kid', async () => {
    const { state, verifier } = world()
    const token = signToken(key)
    expect(await ask(verifier, token)).toBe('good')
    state.jwks = { keys: [createKey('EdDSA').jwk] }
    expect(await ask(verifier, token)).toBe('signature_invalid')
  })

  it('dies where its kid is forgotten', async () => {
    const { verifier } = world()
    const token = signToken(key)
    expect(await ask(verifier, token)).toBe('good')
    verifier.forget('k1')
    expect(await ask(verifier, token)).toBe('key_not_found')
  })

  it('lives on where the set changes and its key stays', async () => {
    const { state, verifier } = world()
    const token = signToken(key)
    const auth = await verifier.verify(token)
    state.jwks = { keys: [createKey('ES256', { kid: 'k2' }).jwk, { ...key.jwk }] }
    expect(verifier.verify(token)).toBe(auth)
  })

  it('is asked about once for each request, whatever the answer is', async () => {
    let revoked: boolean | 'unsure' = false
    let times = 0
    const isRevoked = () => {
      times += 1
      return revoked
    }
    const { verifier } = world({ isRevoked })
    const token = signToken(key)
    await ask(verifier, token)
    for (revoked of [false, true, 'unsure'] as const) {
      times = 0
      await ask(verifier, token)
      expect(times).toBe(1)
    }
  })

  it('dies with its session, and nobody vouches for it where nobody knows', async () => {
    const { state, verifier } = world()
    const token = signToken(key)
    expect(await ask(verifier, token)).toBe('good')
    state.revoked = true
    expect(await ask(verifier, token)).toBe('session_ended')
    state.revoked = 'unsure'
    expect(await ask(verifier, token)).toBe('revocation_unsure')
    state.revoked = false
    expect(await ask(verifier, token)).toBe('good')
  })

  it('was taken by the schema of its own verifier and by no other', async () => {
    const token = signToken(key, claimsSet({ level: '5' }))
    const coerced = world({ claims: z.object({ level: z.coerce.number() }) }).verifier
    const strict = world({ claims: z.object({ level: z.number() }) }).verifier
    expect((await coerced.verify(token)).claims['level']).toBe(5)
    expect(await ask(strict, token)).toBe('claims_schema')
    expect((await world().verifier.verify(token)).claims['level']).toBe('5')
  })

  it('is not shared by two verifiers, be they configured alike', async () => {
    const token = signToken(key)
    const first = await world().verifier.verify(token)
    expect(await world().verifier.verify(token)).not.toBe(first)
    const elsewhere = world({ audience: 'other' }).verifier
    expect(await ask(elsewhere, token)).toBe('aud_mismatch')
  })
})

describe('a refused token', () => {
  it('is not remembered: it may be good later', async () => {
    const { state, verifier } = world()
    const token = signToken(key, claimsSet({ nbf: now + 60 }))
    expect(await outcome(verifier, token)).toBe('nbf_in_future')
    state.time = now + 60
    expect(await outcome(verifier, token)).toBe('good')
  })

  it('is not remembered: its key may come', async () => {
    const { state, verifier } = world()
    const next = createKey('EdDSA', { kid: 'k2' })
    const token = signToken(next)
    expect(await outcome(verifier, token)).toBe('key_not_found')
    state.jwks = { keys: [key.jwk, next.jwk] }
    expect(await outcome(verifier, token)).toBe('good')
  })

  it('evicts no good one, however many come', async () => {
    const verifier = createVerifier({ issuer, audience, secret, clock: () => now })
    const token = signHmac(secret)
    const auth = await verifier.verify(token)
    for (let i = 0; i < 12_000; i++) {
      const forged = signHmac(`another ${secret}`, claimsSet({ jti: String(i) }))
      if ((await outcome(verifier, forged)) === 'good') throw new Error('A forged token was accepted.')
    }
    expect(verifier.verify(token)).toBe(auth)
  })
})

describe('what a remembered token gives', () => {
  it.each([
    ['without a schema', undefined],
    ['with a schema', z.object({ roles: z.array(z.string()), profile: z.object({ tags: z.array(z.string()) }) })],
  ])('cannot be changed by a handler, %s', async (_what, claims) => {
    const changes = claims === undefined ? {} : { claims }
    const { verifier } = world(changes)
    const body = claimsSet({ roles: ['user'], profile: { tags: ['a'] }, scope: 'read', aud: [audience] })
    const token = signToken(key, body)
    const auth = await verifier.verify(token)
    const write = (change: (mutable: Record<string, unknown>) => void, target: unknown) =>
      expect(() => change(target as Record<string, unknown>)).toThrow(TypeError)

    write((target) => Object.assign(target, { sub: 'eve' }), auth.claims)
    write((target) => delete target['exp'], auth.claims)
    write((target) => (target['roles'] as string[]).push('admin'), auth.claims)
    write((target) => (target['profile'] as { tags: string[] }).tags.push('b'), auth.claims)
    write((target) => (target['aud'] as string[]).push('other'), auth.claims)
    write((target) => (target['scope'] as string[]).push('admin'), auth)
    write((target) => Object.assign(target, { source: 'cookie', claims: {} }), auth)

    const again = await verifier.verify(token)
    expect(again.claims).toEqual(body)
    expect(again.scope).toEqual(['read'])
  })

  it('has a scope that cannot be changed, of whatever form it was', async () => {
    for (const claims of [{ scope: 'a' }, { scope: ['a'] }, { scp: ['a'] }, {}]) {
      for (const schema of [undefined, z.object({}), z.object({ scope: z.unknown().optional() })]) {
        const { verifier } = world(schema === undefined ? {} : { claims: schema })
        expect(Object.isFrozen((await verifier.verify(signToken(key, claimsSet(claims)))).scope)).toBe(true)
      }
    }
  })
})

describe('createTokenCache', () => {
  const keySet = new SecretKeySet(issuer, [new Uint8Array(32)])
  const entry: Issuer = {
    issuer,
    headerRules: { algorithms: ['HS256'], tokenType: undefined },
    claimsRules: { audience: null, clockTolerance: 0, maxTokenAge: undefined },
    grantRules: { scopeFrom: ['scope', 'scp'], rolesFrom: [], implied: new Map() },
    keySet,
    isRevoked: undefined,
    introspect: undefined,
    lease: undefined,
  }
  const hmacKey = findKey(keySet, undefined, 'HS256')

  function verified(token: string): VerifiedToken {
    if (!('imported' in hmacKey)) throw new Error('There is no key.')
    return new VerifiedToken(token, claimsSet(), claimsSet(), entry, hmacKey)
  }

  it('gives back what was set, and nothing else', () => {
    const cache = createTokenCache()
    const token = verified('a.b.c')
    cache.set(token)
    expect(cache.get('a.b.c')).toBe(token)
    expect(cache.get('a.b.d')).toBeUndefined()
  })

  it('does not take one token for another that ends alike', () => {
    const cache = createTokenCache()
    const end = 'x'.repeat(200)
    cache.set(verified(`a.${end}`))
    expect(cache.get(`b.${end}`)).toBeUndefined()
    expect(cache.get(end)).toBeUndefined()
    cache.set(verified(`b.${end}`))
    expect(cache.get(`b.${end}`)?.token).toBe(`b.${end}`)
    expect(cache.get(`a.${end}`)?.token).not.toBe(`b.${end}`)
  })

  it('knows a token by the whole of it, also where another one ends alike', () => {
    const cache = createTokenCache()
    const [one, other] = ['a', 'b'].map((start) => verified(`${start}.${'s'.repeat(86)}`))
    if (one === undefined || other === undefined) throw new Error('There are two.')
    cache.set(one)
    expect(cache.get(one.token)).toBe(one)
    expect(cache.get(other.token)).toBeUndefined()
    cache.set(other)
    expect(cache.get(other.token)).toBe(other)
    expect(cache.get(one.token)).toBeUndefined()
  })

  it('holds 10,000 tokens, and admits another at its second coming, for the least recently looked up', () => {
    const cache = createTokenCache()
    for (let i = 0; i < 10_000; i++) cache.set(verified(`t${i}.${'x'.repeat(8)}${i}`))
    const first = verified(`t0.${'x'.repeat(8)}0`)
    const more = verified('one more')
    cache.set(more)
    expect(cache.get(more.token)).toBeUndefined()
    expect(cache.get(first.token)).toBeDefined()
    cache.set(more)
    expect(cache.get(more.token)).toBe(more)
  })

  it('lets nothing go for tokens that never return', () => {
    const cache = createTokenCache()
    const known = Array.from({ length: 10_000 }, (_, i) => verified(`${'k'.repeat(40)}.${i}`))
    for (const each of known) cache.set(each)
    for (let i = 0; i < 30_000; i++) cache.set(verified(`${'n'.repeat(40)}.${i}`))
    const kept = known.filter(({ token }) => cache.get(token) !== undefined)
    expect(kept.length).toBeGreaterThan(9_900)
  })

  it('finds no token that it has let go, however lately it was used', () => {
    const cache = createTokenCache()
    const first = verified('first.one')
    cache.set(first)
    for (let i = 0; i < 10_000; i++) {
      const next = verified(`${'x'.repeat(40)}.t${i}`)
      cache.set(next)
      cache.set(next)
    }
    expect(cache.get('first.one')).toBeUndefined()
  })

  it('holds 16 MiB, counting five bytes for each character of a token', () => {
    const cache = createTokenCache()
    const long = 'x'.repeat(8000)
    for (let i = 0; i < 2000; i++) cache.set(verified(`${long}.${i}`))
    const held = Array.from({ length: 2000 }, (_, i) => cache.get(`${long}.${i}`)).filter((each) => each !== undefined)
    expect(held.length).toBeGreaterThan(400)
    expect(held.length * 5 * long.length).toBeLessThanOrEqual(16 * 1024 * 1024)
  })
})
