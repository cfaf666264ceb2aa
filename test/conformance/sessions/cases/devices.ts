import { expect } from 'vitest'
import { fieldOf } from '../../harness/raw-http.js'
import type { App } from '../harness/app.js'
import { expectDead, expectDenial, expectSignedOut } from '../harness/expectations.js'
import { inBothDeliveries, type SessionCase, type SessionTopic } from '../harness/session-case.js'
import { claimsOf, sidOf } from '../harness/tokens.js'

/** What the page of devices shows to whoever has this access token. */
async function listed(app: App, access: string): Promise<unknown> {
  const response = await app.guarded(access, 'GET', '/sessions')
  expect(response).toMatchObject({ status: 200 })
  return JSON.parse(response.body)
}

const listing: readonly SessionCase[] = inBothDeliveries([
  {
    name: 'the sessions of the caller alone, newest first, with start, refresh and label',
    run: async (app) => {
      const start = app.now
      const laptop = await app.logIn({ label: 'Firefox on Linux 🔑' })
      await app.advance(10)
      const phone = await app.logIn()
      await app.logIn({ sub: `${app.sub} of another name`, label: 'not ours' })
      await app.advance(10)
      await app.refreshed(laptop)
      expect(await listed(app, phone.access)).toEqual([
        { id: sidOf(phone), startedAt: start + 10, refreshedAt: start + 10, label: null },
        { id: sidOf(laptop), startedAt: start, refreshedAt: start + 20, label: 'Firefox on Linux 🔑' },
      ])
    },
  },
  {
    name: 'a session that ended is on the list no more',
    run: async (app) => {
      const [one, two] = [await app.logIn(), await app.logIn()]
      await app.end(one.refresh)
      expect(await listed(app, two.access)).toMatchObject([{ id: sidOf(two) }])
    },
  },
  {
    name: 'ending one leaves the others, and is reported by its own reason',
    run: async (app) => {
      const [one, two] = [await app.logIn(), await app.logIn()]
      await app.skipEvents()
      const response = await app.guarded(two.access, 'DELETE', `/sessions/${sidOf(one)}`)
      expect(response).toMatchObject({ status: 204, body: '' })
      expect(fieldOf(response, 'set-cookie')).toBeUndefined()
      expect(await app.events()).toEqual([{ type: 'session_ended', session: sidOf(one), reason: 'end_one' }])
      await expectDead(app, one.refresh)
      await app.refreshed(two)
    },
  },
  {
    name: 'somebody else’s session is not found, as one that never was and one that is over',
    run: async (app) => {
      const victim = await app.logIn({ sub: `${app.sub} the victim` })
      const caller = await app.logIn()
      const over = await app.logIn()
      await app.end(over.refresh)
      const odd = ['x'.repeat(36), '__proto__', 'a%20b', `${sidOf(caller)}%00`, `${sidOf(caller)}%7D`]
      const ids = [sidOf(victim), sidOf(over), ...odd]
      const answers = []
      for (const id of ids) answers.push(await app.guarded(caller.access, 'DELETE', `/sessions/${id}`))
      for (const { status, body } of answers) expect([status, body]).toEqual([404, answers[0]?.body])
      await app.refreshed(victim)
    },
  },
  {
    name: 'labels that are none are refused',
    run: async (app) => {
      for (const label of [7, {}, ['x'], true, 'x'.repeat(257)]) {
        await app.skipEvents()
        expectDenial(app, await app.send('POST', '/session', { body: { sub: app.sub, label } }), 'request_malformed')
        expect(await app.events()).toMatchObject([{ type: 'denied', reason: 'label_invalid' }])
      }
      await app.logIn({ label: 'x'.repeat(256) })
      await app.logIn({ label: null })
    },
  },
  {
    name: 'a label has at most 256 UTF-16 units, and comes back as it was',
    run: async (app) => {
      const long = ['🔑'.repeat(128), `${'x'.repeat(255)}é`]
      for (const label of [`${long[0]}x`, `${'x'.repeat(255)}🔑`]) {
        expectDenial(app, await app.send('POST', '/session', { body: { sub: app.sub, label } }), 'request_malformed')
      }
      const labels = [...long, '', '"quoted"', 'a\0b', '\ud800', '<b>', '  ']
      for (const label of labels) await app.logIn({ label })
      const { access } = await app.logIn()
      expect(claimsOf(access)).not.toHaveProperty('label')
      const shown = (await listed(app, access)) as readonly { readonly label: string | null }[]
      expect(shown.map(({ label }) => label)).toEqual([null, ...labels.toReversed()])
    },
  },
  {
    name: 'both need an access token',
    run: async (app) => {
      expectDenial(app, await app.send('GET', '/sessions'), 'token_missing')
      expectDenial(app, await app.send('DELETE', '/sessions/abc'), 'token_missing')
    },
  },
])

const immediate: readonly SessionCase[] = [
  {
    name: 'with immediate revocation the access token of the one that was ended is refused',
    plan: 'strict',
    run: async (app) => {
      const [one, two] = [await app.logIn(), await app.logIn()]
      await app.guarded(two.access, 'DELETE', `/sessions/${sidOf(one)}`)
      await expectSignedOut(app, one.access)
      expect(await app.guarded(two.access)).toMatchObject({ status: 200 })
    },
  },
]

export const devices: SessionTopic = { name: 'devices', cases: [...listing, ...immediate] }
