import { expect } from 'vitest'
import { fieldOf, type RawResponse } from '../../harness/raw-http.js'
import { type App, withCookies } from '../harness/app.js'
import { challengeFor, Device, type Header, logInAsked, logInBound, register } from '../harness/device.js'
import { expectDenial } from '../harness/expectations.js'
import type { SessionCase, SessionTopic } from '../harness/session-case.js'
import { sidOf, type Tokens } from '../harness/tokens.js'

const laptop = new Device()
const thief = new Device()

/** The session instructions of the contract servers, to the byte. */
export function instructionsOf(tokens: Tokens, more: object = {}): string {
  return JSON.stringify({
    session_identifier: sidOf(tokens),
    refresh_url: '/session/refresh',
    scope: { include_site: false, scope_specification: [{ type: 'exclude', domain: '*', path: '/session' }] },
    credentials: [{ type: 'cookie', name: '__Host-access', attributes: 'Path=/; Secure; HttpOnly; SameSite=Lax' }],
    ...more,
  })
}

function expectBound(response: RawResponse, tokens: Tokens): void {
  expect(response).toMatchObject({ status: 200, body: instructionsOf(tokens) })
  expect(fieldOf(response, 'content-type')).toBe('application/json')
  expect(fieldOf(response, 'cache-control')).toBe('no-store')
  expect(fieldOf(response, 'set-cookie')).toBeUndefined()
}

async function expectRefused(app: App, response: RawResponse, reason: string): Promise<void> {
  expectDenial(app, response, 'binding_rejected')
  expect(await app.events()).toEqual([{ type: 'denied', code: 'binding_rejected', reason }])
}

/** A proof, or proofs, that are not good, for the challenge of the log-in. */
const faults: readonly (readonly [reason: string, name: string, proofs: (challenge: string) => readonly string[]])[] = [
  ['proof_missing', 'no field', () => []],
  ['proof_missing', 'an empty field', () => ['']],
  ['proof_repeated', 'two fields', (challenge) => [laptop.register(challenge), laptop.register(challenge)]],
  ['proof_repeated', 'two items', (challenge) => [`"${laptop.register(challenge)}", "x"`]],
  ['proof_malformed', 'no JWS', () => ['not a proof']],
  ['proof_malformed', '8,193 characters', (challenge) => [padded(laptop.register(challenge), 8193)]],
  ['proof_malformed', 'crit', (challenge) => [laptop.register(challenge, { crit: ['b64'], b64: true })]],
  ['proof_type', 'another typ', (challenge) => [laptop.register(challenge, { typ: 'jwt' })]],
  ['proof_type', 'typ in capitals', (challenge) => [laptop.register(challenge, { typ: 'DBSC+JWT' })]],
  ['proof_algorithm', 'another alg', (challenge) => [laptop.register(challenge, { alg: 'RS256' })]],
  ['proof_algorithm', 'none', (challenge) => [laptop.register(challenge, { alg: 'none' })]],
  ['key_unfit', 'no key', (challenge) => [laptop.prove(challenge)]],
  ['key_unfit', 'a key of another curve', (challenge) => [withKey(challenge, { ...laptop.jwk, crv: 'P-384' })]],
  ['key_unfit', 'a key that is no point', (challenge) => [withKey(challenge, { ...laptop.jwk, y: laptop.jwk['x'] })]],
  ['key_private', 'a private key', (challenge) => [withKey(challenge, laptop.secretJwk)]],
  ['proof_signature', 'somebody else’s key', (challenge) => [withKey(challenge, thief.jwk)]],
  ['challenge_unknown', 'a challenge of nobody’s', () => [laptop.register('made-up')]],
  ['challenge_unknown', 'no challenge', () => [laptop.register(undefined)]],
  ['challenge_unknown', 'a changed challenge', (challenge) => [laptop.register(changed(challenge))]],
]

/** Another last character of its MAC, and still base64url. */
function changed(challenge: string): string {
  return `${challenge.slice(0, -1)}${challenge.endsWith('A') ? 'E' : 'A'}`
}

function withKey(challenge: string, jwk: Header): string {
  return laptop.register(challenge, { jwk })
}

/** As long as it is to be, with a parameter, which is ignored. */
function padded(proof: string, length: number): string {
  return `${proof};p=`.padEnd(length, 'x')
}

const asking: readonly SessionCase[] = [
  {
    name: 'a log-in asks for one, to the byte; also one that is sent on',
    plan: 'bound',
    run: async (app) => {
      const answers = [
        await app.send('POST', '/session', { body: { sub: app.sub } }),
        await app.send('POST', '/form/log-in', { body: `sub=${app.sub}` }),
      ]
      for (const response of answers) {
        expect(fieldOf(response, 'cache-control')).toBe('no-store')
        expect(fieldOf(response, 'secure-session-registration')).toMatch(
          /^\(ES256\);path="\/session\/device";challenge="[\w.-]+"$/,
        )
      }
    },
  },
  ...(['cookie', 'body'] as const).map(
    (plan): SessionCase => ({
      name: `without the option nobody is asked, and every one is refused (${plan})`,
      plan,
      run: async (app) => {
        const response = await app.send('POST', '/session', { body: { sub: app.sub } })
        expect(fieldOf(response, 'secure-session-registration')).toBeUndefined()
        await app.skipEvents()
        await expectRefused(app, await register(app, undefined, laptop.register('made-up')), 'challenge_unknown')
      },
    }),
  ),
  {
    name: 'a log-in ends the session whose cookie it carried; one that is refused ends none',
    plan: 'bound',
    run: async (app) => {
      const before = await app.logIn()
      await app.skipEvents()
      const { fields } = withCookies(before)
      expectDenial(app, await app.send('POST', '/session', { fields, body: { sub: '' } }), 'request_malformed')
      expect(await app.events()).toMatchObject([{ type: 'denied', reason: 'subject_invalid' }])
      expect(await app.send('POST', '/session', { fields, body: { sub: app.sub } })).toMatchObject({ status: 200 })
      expect(await app.events()).toMatchObject([
        { type: 'session_started' },
        { type: 'session_ended', session: sidOf(before), reason: 'replaced' },
      ])
      expectDenial(app, await app.refresh(before.refresh), 'refresh_rejected')
    },
  },
  {
    name: 'a log-in with refresh cookies of which none is one, or that differ, ends none and is not refused',
    plan: 'bound',
    run: async (app) => {
      const before = await app.logIn()
      await app.skipEvents()
      const cookie = `__Host-refresh=${before.refresh}`
      for (const value of [`${cookie}; __Host-refresh=other`, '__Host-refresh=', '__Host-refresh=none', `${cookie}x`]) {
        const sent = { fields: [['Cookie', value]] as const, body: { sub: app.sub } }
        expect(await app.send('POST', '/session', sent)).toMatchObject({ status: 200 })
        expect(await app.events()).toMatchObject([{ type: 'session_started' }])
      }
      await app.refreshed(before)
    },
  },
  {
    name: 'without the option it ends none',
    plan: 'cookie',
    run: async (app) => {
      const before = await app.logIn()
      await app.send('POST', '/session', { ...withCookies(before), body: { sub: app.sub } })
      await app.refreshed(before)
    },
  },
]

const registering: readonly SessionCase[] = [
  {
    name: 'gives the instructions, to the byte, and is reported',
    plan: 'bound',
    run: async (app) => {
      const { challenge, ...tokens } = await logInAsked(app)
      await app.skipEvents()
      expectBound(await register(app, tokens.refresh, laptop.register(challenge)), tokens)
      expect(await app.events()).toEqual([{ type: 'session_bound', session: sidOf(tokens) }])
    },
  },
  {
    name: 'takes a proof as a structured string or bare, with parameters, of 8,192 characters; other members are ignored',
    plan: 'bound',
    run: async (app) => {
      const writings: readonly ((proof: string) => string)[] = [
        (proof) => proof,
        (proof) => `"${proof}"`,
        (proof) => `"${proof}";a=1;b="x, y"`,
        (proof) => `  ${proof} ; a`,
        (proof) => padded(proof, 8192),
      ]
      for (const written of writings) {
        const { challenge, ...tokens } = await logInAsked(app)
        const proof = laptop.prove(challenge, { jwk: laptop.jwk, kid: 'x' }, { aud: 'anybody', iat: 1, exp: 1 })
        expectBound(await register(app, tokens.refresh, written(proof)), tokens)
      }
    },
  },
  {
    name: 'needs no cookie: the challenge names the session',
    plan: 'bound',
    run: async (app) => {
      const { challenge, ...tokens } = await logInAsked(app)
      expectBound(await register(app, undefined, laptop.register(challenge)), tokens)
      await challengeFor(app, tokens.refresh)
    },
  },
  {
    name: 'is refused with another session’s cookie, and with one of none',
    plan: 'bound',
    run: async (app) => {
      const { challenge, ...tokens } = await logInAsked(app)
      const [other, over] = [await app.logIn(), await app.logIn()]
      await app.end(over.refresh)
      const proof = laptop.register(challenge)
      await app.skipEvents()
      await expectRefused(app, await register(app, other.refresh, proof), 'challenge_unknown')
      for (const refresh of [over.refresh, 'made-up', `${tokens.refresh}x`]) {
        expectDenial(app, await register(app, refresh, proof), 'refresh_rejected')
      }
      expectBound(await register(app, tokens.refresh, proof), tokens)
      expect(await app.refresh(other.refresh)).toMatchObject({ status: 200 })
    },
  },
  {
    name: 'is good for 60 s after the start, and then late',
    plan: 'bound',
    run: async (app) => {
      const [first, second] = [await logInAsked(app), await logInAsked(app)]
      await app.advance(60)
      expectBound(await register(app, first.refresh, laptop.register(first.challenge)), first)
      await app.advance(1)
      await app.skipEvents()
      await expectRefused(app, await register(app, second.refresh, laptop.register(second.challenge)), 'binding_late')
      // It goes on, unbound.
      await app.refreshed(second)
    },
  },
  {
    name: 'is good for 60 s after a start between two seconds too',
    plan: 'bound',
    run: async (app) => {
      await app.advance(0.75)
      const asked = await logInAsked(app)
      await app.advance(60)
      expectBound(await register(app, asked.refresh, laptop.register(asked.challenge)), asked)
      await app.advance(0.25)
    },
  },
  {
    name: 'happens once, whoever tries again',
    plan: 'bound',
    run: async (app) => {
      const { challenge, refresh } = await logInAsked(app)
      await register(app, refresh, laptop.register(challenge))
      for (const device of [laptop, thief]) {
        await app.skipEvents()
        await expectRefused(app, await register(app, refresh, device.register(challenge)), 'already_bound')
      }
    },
  },
  {
    name: 'ten at once bind once',
    plan: 'bound',
    run: async (app) => {
      const { challenge, ...tokens } = await logInAsked(app)
      await app.aside(async (side) => {
        const call = (device: Device) => {
          const fields = [
            ...withCookies(tokens).fields,
            ['Secure-Session-Response', device.register(challenge)] as const,
          ]
          return ['POST', '/session/device', { fields }] as const
        }
        const answers = await side.sendAtOnce([laptop, thief].flatMap((device) => new Array(5).fill(call(device))))
        expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      })
      const bound = (await app.events({ sorted: true })).filter(({ type }) => type === 'session_bound')
      expect(bound).toHaveLength(1)
    },
  },
  {
    name: 'a challenge of a refresh registers nothing',
    plan: 'bound',
    run: async (app) => {
      const { refresh } = await logInBound(app, laptop)
      const challenge = await challengeFor(app, refresh)
      await app.skipEvents()
      await expectRefused(app, await register(app, refresh, laptop.register(challenge)), 'challenge_used')
    },
  },
  {
    name: 'another site’s is refused before anything is looked at',
    plan: 'bound',
    run: async (app) => {
      const { challenge, ...tokens } = await logInAsked(app)
      const proof = ['Secure-Session-Response', laptop.register(challenge)] as const
      const fields = [...withCookies(tokens).fields, proof, ['Sec-Fetch-Site', 'cross-site'] as const]
      expectDenial(app, await app.send('POST', '/session/device', { fields }), 'origin_rejected')
      expectBound(await register(app, tokens.refresh, laptop.register(challenge)), tokens)
    },
  },
  ...faults.map(
    ([reason, name, proofs]): SessionCase => ({
      name: `changes nothing and uses no challenge up where it is refused: ${name}`,
      plan: 'bound',
      run: async (app) => {
        const { challenge, ...tokens } = await logInAsked(app)
        await app.skipEvents()
        await expectRefused(app, await register(app, tokens.refresh, ...proofs(challenge)), reason)
        await expectRefused(app, await register(app, undefined, ...proofs(challenge)), reason)
        expectBound(await register(app, tokens.refresh, laptop.register(challenge)), tokens)
      },
    }),
  ),
]

export const registration: SessionTopic = { name: 'the registration of a device', cases: [...asking, ...registering] }
