import { type Case, good, type SequenceCase, type Step, type Topic } from '../harness/case.js'
import { keys } from '../harness/signing-keys.js'
import { ail, cacheable, lasting, publish, request } from './key-set-steps.js'

// The server `keySettings` has `keySet: { freshFor: 120, staleFor: 1200, cooldown: 60 }`: what is set is what happens.

function setting(name: string, ...steps: Step[]): SequenceCase {
  return { name, server: 'keySettings', steps: [publish(keys.rsa.jwk), ...steps] }
}

function unknown(kid: string): Step {
  return request('token_rejected', { header: { kid } })
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
  lasts('freshFor: a longer max-age is cut to it', cacheable('max-age=86400', keys.rsa.jwk)),
  setting(
    'staleFor: served for twenty minutes of an outage, then 503, and well again afterwards',
    { token: lasting, expect: 'accepted' },
    ail('jwks', 'reset'),
    ail('metadata', 'reset'),
    { advance: 1199 },
    { token: lasting, expect: 'accepted' },
    { token: good, expect: 'accepted' },
    { advance: 1 },
    { token: lasting, expect: 'keys_unavailable' },
    { token: good, expect: 'keys_unavailable' },
    ail('jwks', undefined),
    ail('metadata', undefined),
    { advance: 31 },
    { token: lasting, expect: 'accepted' },
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
    publish(keys.rsa.jwk, keys.p256Later.jwk),
    request('token_rejected', { key: keys.p256Later }),
    { advance: 60 },
    request('accepted', { key: keys.p256Later }),
  ),
]

export const keySettings: Topic = { name: 'settings of key sets', cases: settings }
