import { expect } from 'vitest'
import { type App, withBearer } from '../harness/app.js'
import { expectDead, expectDenial, expectSignedIn } from '../harness/expectations.js'
import type { SessionCase, SessionTopic } from '../harness/session-case.js'
import { claimsOf } from '../harness/tokens.js'

const reserved = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'sid', 'client_id', 'scope']

/** Bodies of a log-in that are not what is asked for. */
const malformed: readonly (readonly [name: string, body: unknown])[] = [
  ['none', undefined],
  ['not JSON', 'sub=user'],
  ['broken off', '{"sub":"user"'],
  ['with a comma too many', '{"sub":"user",}'],
  ['in single quotes', "{'sub':'user'}"],
  ['two values', '{"sub":"user"}{}'],
  ['a byte order mark', '\ufeff{"sub":"user"}'],
  ['not UTF-8', Buffer.concat([Buffer.from('{"sub":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])],
  ['UTF-16', Buffer.from('{"sub":"user"}', 'utf16le')],
  ['null', 'null'],
  ['true', 'true'],
  ['a number', '5'],
  ['a string', '"user"'],
  ['a list', '[]'],
  ['a list of one', '[{"sub":"user"}]'],
  ['no subject', {}],
  ['a subject that is empty', { sub: '' }],
  ['a subject that is null', { sub: null }],
  ['a subject that is a number', { sub: 5 }],
  ['a subject that is a list', { sub: ['user'] }],
  ['a subject that is an object', { sub: {} }],
  ['a subject in the prototype', '{"__proto__":{"sub":"user"}}'],
  ['a scope that is a string', { sub: 'user', scope: 'read' }],
  ['a scope that is null', { sub: 'user', scope: null }],
  ['a scope that is an object', { sub: 'user', scope: { 0: 'read' } }],
  ['a scope with a number', { sub: 'user', scope: [1] }],
  ['a scope with an empty word', { sub: 'user', scope: [''] }],
  ['a scope with two words in one', { sub: 'user', scope: ['read admin'] }],
  ['a scope with a quote', { sub: 'user', scope: ['re"ad'] }],
  ['a scope with a line break', { sub: 'user', scope: ['read\nadmin'] }],
  ['claims that are a list', { sub: 'user', claims: [] }],
  ['claims that are a string', { sub: 'user', claims: 'plan' }],
  ['claims that are null', { sub: 'user', claims: null }],
  ['claims that are a number', { sub: 'user', claims: 5 }],
  ...reserved.map((name) => [`a reserved claim: ${name}`, { sub: 'user', claims: { [name]: 'x' } }] as const),
  ['a reserved claim: __proto__', '{"sub":"user","claims":{"__proto__":{"admin":true}}}'],
  ['claims nested 65 levels deep', { sub: 'user', claims: nested(65) }],
  ['claims nested 4,000 levels deep', { sub: 'user', claims: nested(4000) }],
  ['a reserved claim beside others', { sub: 'user', claims: { plan: 'pro', exp: 9e12 } }],
  ['100,000 bytes', { sub: 'user', claims: { long: 'x'.repeat(100_000) } }],
  ['claims too large for any token', { sub: 'user', claims: { long: 'x'.repeat(13_000) } }],
]

/** Nests objects to a number of levels. */
function nested(levels: number): object {
  let value: object = {}
  for (let level = 1; level < levels; level++) value = { a: value }
  return value
}

/** Some of them once more where tokens travel in bodies. */
const alsoInBodies = [
  'none',
  'not JSON',
  'null',
  'no subject',
  'a reserved claim: sid',
  'claims too large for any token',
]

const ofLogIn: readonly SessionCase[] = malformed.flatMap(([name, body]) => {
  const refused = (plan: 'cookie' | 'body'): SessionCase => ({
    name: `a log-in is refused: ${name}${plan === 'body' ? ', bodies' : ''}`,
    plan,
    run: async (app) => expectDenial(app, await app.send('POST', '/session', { body }), 'request_malformed'),
  })
  return alsoInBodies.includes(name) ? [refused('cookie'), refused('body')] : [refused('cookie')]
})

const types: readonly SessionCase[] = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/json; charset=latin1',
  'nonsense',
  '',
].map((type) => ({
  name: `a content type is not looked at: "${type}"`,
  plan: 'body',
  run: async (app) => {
    const fields = [['Content-Type', type]] as const
    expect(await app.send('POST', '/session', { fields, body: { sub: app.sub } })).toMatchObject({ status: 200 })
    const { refresh } = await app.logIn()
    const response = await app.send('POST', '/session/refresh', { fields, body: { refreshToken: refresh } })
    expect(response).toMatchObject({ status: 200 })
  },
}))

const size: readonly SessionCase[] = [
  {
    name: 'claims too large for a cookie are refused, and no session has begun',
    run: async (app) => {
      await app.skipEvents()
      for (const length of [3000, 4000, 7000]) {
        const body = { sub: app.sub, claims: { long: 'x'.repeat(length) } }
        expectDenial(app, await app.send('POST', '/session', { body }), 'request_malformed')
      }
      const types = (await app.events()).map(({ type }) => type)
      expect(types).toEqual(['denied', 'denied', 'denied'])
    },
  },
  {
    name: 'the largest claims that are accepted fit a cookie of 4,096 bytes',
    run: async (app) => {
      const accepted = await largestClaims(app)
      const { access } = await app.logIn({ claims: { long: 'x'.repeat(accepted) } })
      await expectSignedIn(app, access)
    },
  },
  {
    name: 'claims too large for a cookie are good in a body, and come back',
    plan: 'body',
    run: async (app) => {
      const long = 'x'.repeat(4000)
      const tokens = await app.refreshed(await app.logIn({ claims: { long } }))
      expect(claimsOf(tokens.access)['long']).toBe(long)
      expect(await app.send('GET', '/me', withBearer(tokens.access))).toMatchObject({ status: 200 })
    },
  },
]

const reasons: readonly SessionCase[] = (
  [
    ['POST', '/session'],
    ['POST', '/session/refresh'],
    ['DELETE', '/session'],
  ] as const
).map(([method, path]) => ({
  name: `what is no JSON has its reason: ${method} ${path}`,
  plan: 'body',
  run: async (app) => {
    await app.skipEvents()
    for (const body of ['{', '[]', `"${'x'.repeat(70_000)}"`]) {
      expectDenial(app, await app.send(method, path, { body }), 'request_malformed')
    }
    const refused = { type: 'denied', code: 'request_malformed', reason: 'body_malformed' }
    expect(await app.events()).toMatchObject([refused, refused, refused])
  },
}))

/** A browser drops a cookie of more than 4,096 bytes, name and attributes included. Looked for on a side. */
function largestClaims(app: App): Promise<number> {
  return app.aside(async (side) => {
    let [good, bad] = [0, 4000]
    while (bad - good > 1) {
      const middle = Math.floor((good + bad) / 2)
      const body = { sub: side.sub, claims: { long: 'x'.repeat(middle) } }
      const { status, fields } = await side.send('POST', '/session', { body })
      if (status === 200) good = middle
      else bad = middle
      for (const [name, value] of fields) if (name === 'set-cookie') expect(value.length).toBeLessThanOrEqual(4096)
    }
    // Not refused out of mere caution.
    expect(good).toBeGreaterThan(2000)
    return good
  })
}

/** Bodies of a refresh or an end that are not what is asked for; with cookies nobody reads them. */
const notAsked: readonly (readonly [name: string, body: unknown])[] = [
  ['not JSON', 'refreshToken=abc'],
  ['broken off', '{"refreshToken":"abc"'],
  ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ['null', 'null'],
  ['true', 'true'],
  ['a number', '5'],
  ['a string', '"abc"'],
  ['a list', '[]'],
  ['a token that is a number', { refreshToken: 5 }],
  ['a token that is null', { refreshToken: null }],
  ['a token that is a list', { refreshToken: ['abc'] }],
  ['100,000 bytes', { refreshToken: 'x'.repeat(100_000) }],
]

const ofOthers: readonly SessionCase[] = notAsked.flatMap(([name, body]): readonly SessionCase[] => [
  {
    name: `a refresh is refused: ${name}`,
    plan: 'body',
    run: async (app) => {
      expectDenial(app, await app.send('POST', '/session/refresh', { body }), 'request_malformed')
    },
  },
  {
    name: `an end is refused: ${name}`,
    plan: 'body',
    run: async (app) => {
      expectDenial(app, await app.send('DELETE', '/session', { body }), 'request_malformed')
    },
  },
])

const besides: readonly SessionCase[] = [
  {
    name: 'members beside the refresh token are not looked at',
    plan: 'body',
    run: async (app) => {
      const { refresh } = await app.logIn()
      const body = { grant_type: 'refresh_token', refreshToken: refresh, sub: 'somebody', scope: ['admin'] }
      const response = await app.send('POST', '/session/refresh', { body })
      expect(response).toMatchObject({ status: 200 })
      const { accessToken } = JSON.parse(response.body) as { accessToken: string }
      expect(claimsOf(accessToken)).toMatchObject({ sub: app.sub })
      expect(claimsOf(accessToken)['scope']).toBeUndefined()
    },
  },
  {
    name: 'a refresh token in the query is none',
    plan: 'body',
    run: async (app) => {
      const { refresh } = await app.logIn()
      const response = await app.send('POST', `/session/refresh?refreshToken=${refresh}`)
      expectDenial(app, response, 'refresh_rejected')
      await app.refreshed({ refresh })
    },
  },
  {
    name: 'a refresh token in the Authorization field is none',
    plan: 'body',
    run: async (app) => {
      const { refresh } = await app.logIn()
      const response = await app.send('POST', '/session/refresh', withBearer(refresh))
      expectDenial(app, response, 'refresh_rejected')
      await expectDead(app, 'nonsense')
      await app.refreshed({ refresh })
    },
  },
]

export const bodies: SessionTopic = {
  name: 'bodies',
  cases: [...ofLogIn, ...types, ...size, ...reasons, ...ofOthers, ...besides],
}
