import { expect } from 'vitest'
import { fieldOf, type RawResponse } from '../../harness/raw-http.js'
import { type App, withCookies } from '../harness/app.js'
import {
  challengeFor,
  Device,
  logInAsked,
  logInBound,
  refreshProven,
  refreshWith,
  register,
} from '../harness/device.js'
import { expectDead, expectDenial, expectEnded, expectSignedIn, expectSignedOut } from '../harness/expectations.js'
import type { SessionCase, SessionTopic } from '../harness/session-case.js'
import { challengeIn, setCookies, sidOf, type Tokens, tokensOf } from '../harness/tokens.js'
import { instructionsOf } from './registration.js'

const laptop = new Device()
const thief = new Device()

/** A refresh that proved the device, to the byte. */
function expectRefreshed(response: RawResponse, before: Tokens): Tokens {
  expect(response).toMatchObject({ status: 200, body: instructionsOf(before, { expiresIn: 300 }) })
  expect(fieldOf(response, 'content-type')).toBe('application/json')
  expect(fieldOf(response, 'cache-control')).toBe('no-store')
  expect(fieldOf(response, 'secure-session-challenge')).toBeUndefined()
  expect(setCookies(response).map(({ name, attributes }) => [name, ...attributes].join(' '))).toEqual([
    '__Host-access HttpOnly Max-Age=300 Path=/ SameSite=Lax Secure',
    '__Host-refresh HttpOnly Max-Age=1296000 Path=/ SameSite=Strict Secure',
  ])
  const tokens = tokensOf(response)
  if (tokens === undefined) throw new Error('no tokens')
  return tokens
}

/** A refusal with a challenge; what was reported. */
async function expectChallenged(app: App, response: RawResponse, session: string, reason: string, mismatch = false) {
  expectDenial(app, response, 'proof_required')
  const challenge = challengeIn(response) ?? 'none'
  expect(fieldOf(response, 'secure-session-challenge')).toBe(`"${challenge}";id="${session}"`)
  const denied = { type: 'denied', code: 'proof_required', reason }
  expect(await app.events()).toEqual(mismatch ? [{ type: 'device_mismatch', session, reason }, denied] : [denied])
  return challenge
}

/** A proof, or proofs, that are not good, for a challenge that is; whether an honest browser could have sent it. */
const faults: readonly (readonly [reason: string, name: string, proofs: (challenge: string) => readonly string[]])[] = [
  ['proof_repeated', 'two fields', (challenge) => [laptop.prove(challenge), laptop.prove(challenge)]],
  ['proof_malformed', 'no JWS', () => ['not.a.proof']],
  ['proof_malformed', 'crit', (challenge) => [laptop.prove(challenge, { crit: ['x'], x: 1 })]],
  ['proof_malformed', 'a key of its own, though it is the right one', (challenge) => [laptop.register(challenge)]],
  ['proof_malformed', 'a key of its own', (challenge) => [thief.register(challenge)]],
  ['proof_malformed', '8,193 characters', (challenge) => [`${laptop.prove(challenge)};p=`.padEnd(8193, 'x')]],
  ['proof_type', 'another typ', (challenge) => [laptop.prove(challenge, { typ: 'JWT' })]],
  ['proof_algorithm', 'another alg', (challenge) => [laptop.prove(challenge, { alg: 'HS256' })]],
  ['proof_signature', 'another key', (challenge) => [thief.prove(challenge)]],
  ['challenge_unknown', 'a made-up challenge', () => [laptop.prove('made-up')]],
  ['challenge_unknown', 'no challenge', () => [laptop.prove(undefined)]],
]

const proving: readonly SessionCase[] = [
  {
    name: 'gets a challenge without a proof, and the instructions with one, to the byte',
    plan: 'bound',
    run: async (app) => {
      const bound = await logInBound(app, laptop)
      await app.skipEvents()
      const refused = await app.refresh(bound.refresh)
      const challenge = await expectChallenged(app, refused, sidOf(bound), 'proof_missing')
      const next = expectRefreshed(await refreshWith(app, bound.refresh, laptop.prove(challenge)), bound)
      expect(await app.events()).toEqual([{ type: 'session_refreshed', session: sidOf(bound), repeated: false }])
      expectRefreshed(
        await refreshWith(app, next.refresh, `"${laptop.prove(await challengeFor(app, next.refresh))}"`),
        next,
      )
    },
  },
  ...faults.map(
    ([reason, name, proofs]): SessionCase => ({
      name: `consumes nothing where the proof is not good, which is a mismatch: ${name}`,
      plan: 'bound',
      run: async (app) => {
        const bound = await logInBound(app, laptop)
        const challenge = await challengeFor(app, bound.refresh)
        await app.skipEvents()
        const response = await refreshWith(app, bound.refresh, ...proofs(challenge))
        await expectChallenged(app, response, sidOf(bound), reason, true)
        expectRefreshed(await refreshWith(app, bound.refresh, laptop.prove(challenge)), bound)
      },
    }),
  ),
  {
    name: 'the challenge of another session, and that of the log-in, are none',
    plan: 'bound',
    run: async (app) => {
      const { challenge: ofStart, ...bound } = await logInAsked(app)
      await register(app, bound.refresh, laptop.register(ofStart))
      const other = await challengeFor(app, (await logInBound(app, laptop)).refresh)
      await app.skipEvents()
      const foreign = await refreshWith(app, bound.refresh, laptop.prove(other))
      await expectChallenged(app, foreign, sidOf(bound), 'challenge_unknown', true)
      const started = await refreshWith(app, bound.refresh, laptop.prove(ofStart))
      await expectChallenged(app, started, sidOf(bound), 'challenge_used')
    },
  },
  {
    name: 'a challenge is good for 60 s, and then stale, which is no mismatch',
    plan: 'bound',
    run: async (app) => {
      const bound = await logInBound(app, laptop)
      const [first, second] = [await challengeFor(app, bound.refresh), await challengeFor(app, bound.refresh)]
      await app.advance(60)
      const next = expectRefreshed(await refreshWith(app, bound.refresh, laptop.prove(first)), bound)
      const third = await challengeFor(app, next.refresh)
      await app.advance(1)
      await app.skipEvents()
      const stale = await refreshWith(app, bound.refresh, laptop.prove(second))
      await expectChallenged(app, stale, sidOf(bound), 'challenge_stale')
      expectRefreshed(await refreshWith(app, next.refresh, laptop.prove(third)), next)
    },
  },
  {
    name: 'a challenge that is made between two seconds is good for 60 s too',
    plan: 'bound',
    run: async (app) => {
      const bound = await logInBound(app, laptop)
      await app.advance(0.75)
      const challenge = await challengeFor(app, bound.refresh)
      await app.advance(60)
      expectRefreshed(await refreshWith(app, bound.refresh, laptop.prove(challenge)), bound)
      await app.advance(0.25)
    },
  },
  {
    name: 'the same request has the same successor within the grace, and a challenge after it; a new proof has it at any time',
    plan: 'bound',
    run: async (app) => {
      const bound = await logInBound(app, laptop)
      const proof = laptop.prove(await challengeFor(app, bound.refresh))
      const next = expectRefreshed(await refreshWith(app, bound.refresh, proof), bound)
      await app.advance(9)
      expect(expectRefreshed(await refreshWith(app, bound.refresh, proof), bound).refresh).toBe(next.refresh)
      await app.advance(1)
      await app.skipEvents()
      const late = await refreshWith(app, bound.refresh, proof)
      const challenge = await expectChallenged(app, late, sidOf(bound), 'challenge_used')
      expect(expectRefreshed(await refreshWith(app, bound.refresh, laptop.prove(challenge)), bound).refresh).toBe(
        next.refresh,
      )
      await app.advance(86_400)
      expect((await refreshProven(app, laptop, bound.refresh)).refresh).toBe(next.refresh)
      await refreshProven(app, laptop, next.refresh)
    },
  },
  {
    name: 'an older token is reuse, once the device has proven itself, and not before',
    plan: 'bound',
    run: async (app) => {
      const first = await logInBound(app, laptop)
      const second = await refreshProven(app, laptop, first.refresh)
      const third = await refreshProven(app, laptop, second.refresh)
      await app.skipEvents()
      const challenge = await expectChallenged(app, await app.refresh(first.refresh), sidOf(first), 'proof_missing')
      const forged = await refreshWith(app, first.refresh, thief.prove(challenge))
      await expectChallenged(app, forged, sidOf(first), 'proof_signature', true)
      expectDenial(app, await refreshWith(app, first.refresh, laptop.prove(challenge)), 'refresh_rejected')
      expect(await app.events()).toEqual([
        { type: 'refresh_reused', session: sidOf(first) },
        { type: 'session_ended', session: sidOf(first), reason: 'reuse' },
        { type: 'denied', code: 'refresh_rejected', reason: 'refresh_reused' },
      ])
      await expectDead(app, third.refresh)
    },
  },
  {
    name: 'a token that is none, and a session that is over, are 401 without a challenge, whatever the proof',
    plan: 'bound',
    run: async (app) => {
      const bound = await logInBound(app, laptop)
      const proof = laptop.prove(await challengeFor(app, bound.refresh))
      expectEnded(app, await app.end(bound.refresh))
      for (const refresh of [bound.refresh, 'made-up']) {
        const response = await refreshWith(app, refresh, proof)
        expectDenial(app, response, 'refresh_rejected')
        expect(fieldOf(response, 'secure-session-challenge')).toBeUndefined()
      }
    },
  },
  {
    name: 'Sec-Secure-Session-Id names the session of the cookie, bound or not, or nothing is consumed',
    plan: 'bound',
    run: async (app) => {
      const [bound, plain] = [await logInBound(app, laptop), await app.logIn()]
      for (const [tokens, other] of [
        [bound, plain],
        [plain, bound],
      ] as const) {
        const proof = ['Secure-Session-Response', laptop.prove('x')] as const
        for (const id of ['other', `"${sidOf(other)}"`, `${sidOf(tokens)}x`, `${sidOf(tokens)}, ${sidOf(tokens)}`]) {
          const fields = [...withCookies(tokens).fields, proof, ['Sec-Secure-Session-Id', id] as const]
          await app.skipEvents()
          expectDenial(app, await app.send('POST', '/session/refresh', { fields }), 'refresh_rejected')
          const denied = { type: 'denied', code: 'refresh_rejected', reason: 'session_id_mismatch' }
          expect(await app.events()).toEqual([denied])
        }
      }
      for (const id of [sidOf(plain), `"${sidOf(plain)}"`, `"${sidOf(plain)}";x`]) {
        const fields = [...withCookies(plain).fields, ['Sec-Secure-Session-Id', id] as const]
        expect(await app.send('POST', '/session/refresh', { fields })).toMatchObject({ status: 200 })
      }
      await refreshProven(app, laptop, bound.refresh)
    },
  },
]

const around: readonly SessionCase[] = [
  {
    name: 'another site’s is refused before anything is looked at',
    plan: 'bound',
    run: async (app) => {
      const bound = await logInBound(app, laptop)
      await app.skipEvents()
      for (const cookies of [bound, { refresh: 'made-up' }]) {
        const fields = [...withCookies(cookies).fields, ['Sec-Fetch-Site', 'cross-site'] as const]
        expectDenial(app, await app.send('POST', '/session/refresh', { fields }), 'origin_rejected')
      }
      const denied = { type: 'denied', code: 'origin_rejected', reason: 'origin_rejected' }
      expect(await app.events()).toEqual([denied, denied])
    },
  },
  {
    name: 'in passing a bound session is never refreshed: the guard answers as it would have',
    plan: 'bound',
    run: async (app) => {
      const bound = await logInBound(app, laptop)
      expectDenial(app, await app.send('GET', '/me', withCookies({ refresh: bound.refresh })), 'token_missing')
      await app.advance(400)
      expectDenial(app, await app.send('GET', '/me', withCookies(bound)), 'token_expired')
      await refreshProven(app, laptop, bound.refresh)
    },
  },
  {
    name: 'log-out needs no proof, nor does that of all devices',
    plan: 'bound',
    run: async (app) => {
      const [one, two] = [await logInBound(app, laptop), await logInBound(app, laptop)]
      expectEnded(app, await app.end(one.refresh))
      await expectDead(app, one.refresh)
      expectEnded(app, await app.endAll(two.access))
      await expectDead(app, two.refresh)
    },
  },
  {
    name: 'a copied pair of cookies is worth what is left of the access token, and the owner goes on',
    plan: 'bound',
    run: async (app) => {
      const owner = await logInBound(app, laptop)
      const copied = owner
      await app.advance(299)
      await expectSignedIn(app, copied.access)
      await app.advance(11)
      expectDenial(app, await app.send('GET', '/me', withCookies(copied)), 'token_expired')
      await app.skipEvents()
      const refused = await app.refresh(copied.refresh)
      const challenge = await expectChallenged(app, refused, sidOf(owner), 'proof_missing')
      const forged = await refreshWith(app, copied.refresh, thief.prove(challenge))
      await expectChallenged(app, forged, sidOf(owner), 'proof_signature', true)
      const next = await refreshProven(app, laptop, owner.refresh)
      await expectSignedIn(app, next.access)
      // What was copied before that is of no more use to the thief after it.
      await app.advance(11)
      await app.skipEvents()
      await expectChallenged(app, await app.refresh(copied.refresh), sidOf(owner), 'proof_missing')
      await refreshProven(app, laptop, next.refresh)
    },
  },
]

const required: readonly SessionCase[] = [
  {
    name: 'required: an unbound session is over 60 s after its start',
    plan: 'required',
    run: async (app) => {
      const plain = await logInAsked(app)
      await app.advance(60)
      await expectSignedIn(app, plain.access)
      const other = await logInBound(app, laptop)
      const listed = async () => JSON.parse((await app.guarded(other.access, 'GET', '/sessions')).body) as unknown
      expect(await listed()).toMatchObject([{ id: sidOf(other) }, { id: sidOf(plain) }])
      await app.advance(1)
      await app.skipEvents()
      expect(await listed()).toMatchObject([{ id: sidOf(other) }])
      expectDenial(app, await app.refresh(plain.refresh), 'refresh_rejected')
      expect(await app.events()).toEqual([
        { type: 'session_ended', session: sidOf(plain), reason: 'unbound' },
        { type: 'denied', code: 'refresh_rejected', reason: 'session_unbound' },
      ])
      await expectSignedOut(app, plain.access)
      const another = await logInAsked(app)
      await app.advance(61)
      await app.skipEvents()
      expect((await app.guarded(other.access, 'DELETE', `/sessions/${sidOf(another)}`)).status).toBe(404)
      expect(await app.events()).toEqual([{ type: 'session_ended', session: sidOf(another), reason: 'unbound' }])
    },
  },
  {
    name: 'required: a bound session goes on',
    plan: 'required',
    run: async (app) => {
      const bound = await logInBound(app, laptop)
      await app.advance(200)
      await expectSignedIn(app, bound.access)
      expectRefreshed(
        await refreshWith(app, bound.refresh, laptop.prove(await challengeFor(app, bound.refresh))),
        bound,
      )
    },
  },
]

export const boundRefresh: SessionTopic = {
  name: 'the refresh of a device-bound session',
  cases: [...proving, ...around, ...required],
}
