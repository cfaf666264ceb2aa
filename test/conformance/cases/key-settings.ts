import { type Case, type Expected, good, type SequenceCase, type Step, type Topic } from '../harness/case.js'
import { type Fault, json } from '../harness/issuer-server.js'
import type { JwtParts, Mint } from '../harness/mint.js'
import { keys } from '../harness/signing-keys.js'

// The server `keySettings` has `keySet: { freshFor: 120, staleFor: 1200, cooldown: 60 }`: what is set is what happens.

function setting(name: string, ...steps: Step[]): SequenceCase {
  return { name, server: 'keySettings', steps: [publishOne, ...steps] }
}

function request(expect: Expected, parts: JwtParts = {}): Step {
  return { token: (mint) => mint.jwt(parts), expect }
}

function unknown(kid: string): Step {
  return request('token_rejected', { header: { kid } })
}

function ail(fault: Fault | undefined): Step {
  return { arrange: (realm) => Object.assign(realm, { jwks: fault, metadata: fault }) }
}

/** The same token at every step, good for long: one that is remembered. */
function remembered(mint: Mint): string {
  return mint.jwt({ claims: { iat: 1_000_000_000, exp: 100_000_000_000 } })
}

const publishOne: Step = { arrange: (realm) => Object.assign(realm, { published: [keys.rsa.jwk] }) }
const untilNextDay: Step = {
  arrange: (realm) => {
    const set = json({ keys: [keys.rsa.jwk] })
    realm.jwks = { ...set, headers: { ...set.headers, 'cache-control': 'max-age=86400' } }
  },
}

function lasts(name: string, ...before: Step[]): SequenceCase {
  return setting(
    name,
    ...before,
    { token: good, expect: 'accepted' },
    { asked: { jwks: 1 } },
    { advance: 86 },
    { token: good, expect: 'accepted' },
    { asked: { jwks: 0 } },
    { advance: 20 },
    { token: good, expect: 'accepted' },
    { asked: { jwks: 1 } },
  )
}

const settings: readonly Case[] = [
  lasts('freshFor: refreshed ahead of two minutes'),
  lasts('freshFor: a longer max-age is cut to it', untilNextDay),
  setting(
    'staleFor: served for twenty minutes of an outage, then 503, and well again afterwards',
    { token: remembered, expect: 'accepted' },
    ail('reset'),
    { advance: 1199 },
    { token: remembered, expect: 'accepted' },
    { token: good, expect: 'accepted' },
    { advance: 1 },
    { token: remembered, expect: 'keys_unavailable' },
    { token: good, expect: 'keys_unavailable' },
    ail(undefined),
    { advance: 31 },
    { token: remembered, expect: 'accepted' },
  ),
  setting(
    'cooldown: two refetches for unknown kids, then one a minute',
    { token: good, expect: 'accepted' },
    { asked: { jwks: 1 } },
    ...['a', 'b', 'c', 'd'].map(unknown),
    { asked: { jwks: 2 } },
    { advance: 45 },
    unknown('e'),
    { asked: { jwks: 0 } },
    { advance: 16 },
    unknown('f'),
    unknown('g'),
    { asked: { jwks: 1 } },
  ),
  setting(
    'cooldown: a rotation after a flood is let in a minute later',
    { token: good, expect: 'accepted' },
    ...['a', 'b', 'c'].map(unknown),
    { arrange: (realm) => Object.assign(realm, { published: [keys.rsa.jwk, keys.p256Later.jwk] }) },
    request('token_rejected', { key: keys.p256Later }),
    { advance: 60 },
    request('accepted', { key: keys.p256Later }),
  ),
]

export const keySettings: Topic = { name: 'settings of key sets', cases: settings }
