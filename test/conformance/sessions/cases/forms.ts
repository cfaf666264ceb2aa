import { expect } from 'vitest'
import { fieldOf, type RawResponse } from '../../harness/raw-http.js'
import { type App, withCookies } from '../harness/app.js'
import { expectDead, expectDenial } from '../harness/expectations.js'
import type { SessionCase, SessionTopic } from '../harness/session-case.js'
import { setCookies, type Tokens, tokensOf } from '../harness/tokens.js'

/** Sends a form as a browser would. */
function post(app: App, path: string, form: Record<string, string>, tokens?: Partial<Tokens>): Promise<RawResponse> {
  const fields = tokens === undefined ? [] : withCookies(tokens).fields
  const type = ['Content-Type', 'application/x-www-form-urlencoded'] as const
  return app.send('POST', path, { fields: [type, ...fields], body: new URLSearchParams(form).toString() })
}

function expectSentTo(response: RawResponse, path: string): void {
  expect(response).toMatchObject({ status: 303, body: '' })
  expect(fieldOf(response, 'location')).toBe(path)
  expect(fieldOf(response, 'cache-control')).toBe('no-store')
}

const elsewhere = [
  '//evil.example',
  '/\\evil.example',
  '\\/evil.example',
  'https://evil.example',
  'home',
  '',
  '/a b',
  '/ä',
]

const cases: readonly SessionCase[] = [
  {
    name: 'a log-in is sent on, with both cookies',
    run: async (app) => {
      for (const to of [undefined, '/', '/account?tab=1#top']) {
        const response = await post(app, '/form/log-in', { sub: app.sub, ...(to === undefined ? {} : { to }) })
        expectSentTo(response, to ?? '/home')
        const tokens = tokensOf(response)
        if (tokens === undefined) throw new Error('no tokens')
        expect(await app.guarded(tokens.access)).toMatchObject({ status: 200 })
        await app.refreshed(tokens)
      }
    },
  },
  {
    name: 'a log-out is sent on, clears both cookies, and ends the session; also where there is none',
    run: async (app) => {
      const tokens = await app.logIn()
      for (const given of [tokens, undefined]) {
        const response = await post(app, '/form/log-out', { to: '/bye' }, given)
        expectSentTo(response, '/bye')
        expect(setCookies(response).map(({ name, value }) => `${name}=${value}`)).toEqual([
          '__Host-access=',
          '__Host-refresh=',
        ])
      }
      await expectDead(app, tokens.refresh)
    },
  },
  {
    name: 'nobody is sent elsewhere: nothing starts, nothing ends',
    run: async (app) => {
      const tokens = await app.logIn()
      for (const to of elsewhere) {
        await app.skipEvents()
        expectDenial(app, await post(app, '/form/log-in', { sub: app.sub, to }), 'request_malformed')
        expectDenial(app, await post(app, '/form/log-out', { to }, tokens), 'request_malformed')
        const refused = { type: 'denied', code: 'request_malformed', reason: 'redirect_not_a_path' }
        expect(await app.events()).toEqual([refused, refused])
      }
      await app.refreshed(tokens)
    },
  },
  {
    name: 'a form without a subject is refused',
    run: async (app) => {
      await app.skipEvents()
      expectDenial(app, await post(app, '/form/log-in', {}), 'request_malformed')
      expectDenial(app, await post(app, '/form/log-in', { sub: '' }), 'request_malformed')
      const refused = { type: 'denied', code: 'request_malformed', reason: 'subject_invalid' }
      expect(await app.events()).toEqual([refused, refused])
    },
  },
  {
    name: 'a form of another site is refused before anything is looked at',
    run: async (app) => {
      const { refresh } = await app.logIn()
      const fields = [...withCookies({ refresh }).fields, ['Origin', 'https://evil.example'] as const]
      for (const path of ['/form/log-in', '/form/log-out']) {
        expectDenial(app, await app.send('POST', path, { fields, body: 'to=//evil.example' }), 'origin_rejected')
      }
      await app.refreshed({ refresh })
    },
  },
  {
    name: 'with body delivery there are no forms',
    plan: 'body',
    run: async (app) => {
      for (const path of ['/form/log-in', '/form/log-out']) {
        expect(await post(app, path, { sub: app.sub })).toMatchObject({ status: 404 })
      }
    },
  },
]

export const forms: SessionTopic = { name: 'forms', cases }
