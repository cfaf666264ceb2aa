import { expect } from 'vitest'
import type { Field } from '../../harness/raw-http.js'
import type { App, Sent } from '../harness/app.js'
import { expectDenial, expectEvents, expectSignedIn } from '../harness/expectations.js'
import { trustedOrigin } from '../harness/plans.js'
import { inBothDeliveries, type SessionCase, type SessionTopic } from '../harness/session-case.js'
import type { Tokens } from '../harness/tokens.js'

const evil: Field = ['Origin', 'https://evil.example']
const trusted: Field = ['Origin', trustedOrigin]
const own: Field = ['Origin', '{origin}']

function site(value: string): Field {
  return ['Sec-Fetch-Site', value]
}

/** A verb, and what it needs to succeed. */
interface Verb {
  readonly name: string
  readonly method: string
  readonly target: string
  readonly status: number
  /** A good request, but for where it comes from. */
  readonly good: (app: App, tokens: Tokens) => Sent
}

const verbs: readonly Verb[] = [
  {
    name: 'start',
    method: 'POST',
    target: '/session',
    status: 200,
    good: (app) => ({ body: { sub: app.sub } }),
  },
  {
    name: 'refresh',
    method: 'POST',
    target: '/session/refresh',
    status: 200,
    good: (app, { refresh }) => app.presenting(refresh),
  },
  {
    name: 'end',
    method: 'DELETE',
    target: '/session',
    status: 204,
    good: (app, { refresh }) => app.presenting(refresh),
  },
  {
    name: 'endAll',
    method: 'DELETE',
    target: '/session/all',
    status: 204,
    good: (app, { access }) => app.presentingAccess(access),
  },
]

const passing: readonly (readonly [name: string, fields: readonly Field[]])[] = [
  ['neither field: not a browser', []],
  ['Sec-Fetch-Site: same-origin', [site('same-origin')]],
  ['Sec-Fetch-Site: same-origin, whatever Origin says', [site('same-origin'), evil]],
  ['Sec-Fetch-Site: none', [site('none')]],
  ['Sec-Fetch-Site: cross-site, from a trusted origin', [site('cross-site'), trusted]],
  ['Origin: our own', [own]],
  ['Origin: a trusted one', [trusted]],
  ['Origin: empty', [['Origin', '']]],
]

const refused: readonly (readonly [name: string, fields: readonly Field[]])[] = [
  ['Sec-Fetch-Site: cross-site', [site('cross-site')]],
  ['Sec-Fetch-Site: same-site', [site('same-site'), ['Origin', 'https://www.app.example']]],
  ['Sec-Fetch-Site: cross-site with our own Origin', [site('cross-site'), own]],
  ['Sec-Fetch-Site: empty', [site('')]],
  ['Origin: another', [evil]],
  ['Origin: null', [['Origin', 'null']]],
  ['Origin: our own with a slash', [['Origin', '{origin}/']]],
  ['Origin: another, and X-HTTP-Method-Override: GET', [evil, ['X-HTTP-Method-Override', 'GET']]],
  ['Origin: another, and X-Forwarded-Host says the same', [evil, ['X-Forwarded-Host', 'evil.example']]],
  ['Origin: another, and a form', [evil, ['Content-Type', 'application/x-www-form-urlencoded']]],
]

const letPass: readonly SessionCase[] = verbs.flatMap((verb) =>
  passing.map(([name, fields]) => ({
    name: `${verb.name} passes: ${name}`,
    run: async (app) => {
      const sent = from(fields, verb.good(app, await app.logIn()))
      expect(await app.send(verb.method, verb.target, sent)).toMatchObject({ status: verb.status })
    },
  })),
)

const refuse: readonly SessionCase[] = verbs.flatMap((verb) =>
  refused.map(([name, fields]) => ({
    name: `${verb.name} is refused: ${name}`,
    run: async (app) => {
      const tokens = await app.logIn()
      const sent = from(fields, verb.good(app, tokens))
      expectDenial(app, await app.send(verb.method, verb.target, sent), 'origin_rejected')
      // Nothing has come of it.
      await expectSignedIn(app, tokens.access)
      await app.refreshed(tokens)
    },
  })),
)

/** The check comes before any token, header or body is looked at. */
const first: readonly SessionCase[] = verbs.flatMap((verb) =>
  inBothDeliveries([
    {
      name: `${verb.name}: a Bearer header exempts from nothing`,
      run: async (app) => {
        const { access, refresh } = await app.logIn()
        const good = verb.good(app, { access, refresh })
        const others = verb.name === 'endAll' ? [] : (good.fields ?? [])
        const bearer: Field[] = [...others, ['Authorization', `Bearer ${access}`]]
        for (const origin of [evil, site('cross-site')]) {
          const sent = { ...good, fields: [...bearer, origin] }
          expectDenial(app, await app.send(verb.method, verb.target, sent), 'origin_rejected')
        }
        await app.refreshed({ refresh })
      },
    },
    {
      name: `${verb.name}: nothing but where it comes from is looked at`,
      run: async (app) => {
        await app.skipEvents()
        const nonsense: readonly Sent[] = [
          {},
          { body: '{not json' },
          { fields: [['Authorization', 'Bearer']] },
          { fields: [['Authorization', 'Bearer a.b.c']] },
          { fields: [['Cookie', '__Host-access=a.b.c; __Host-refresh=nonsense']] },
          { fields: [['Cookie', '__Host-refresh=a; __Host-refresh=b']] },
        ]
        for (const each of nonsense) {
          const sent = { ...each, fields: [...(each.fields ?? []), evil] }
          expectDenial(app, await app.send(verb.method, verb.target, sent), 'origin_rejected')
        }
        await expectEvents(app, new Array(nonsense.length).fill('denied origin_rejected'))
      },
    },
  ]),
)

export const crossOrigin: SessionTopic = { name: 'the cross-origin check', cases: [...letPass, ...refuse, ...first] }

function from(fields: readonly Field[], sent: Sent): Sent {
  return { ...sent, fields: [...(sent.fields ?? []), ...fields] }
}
