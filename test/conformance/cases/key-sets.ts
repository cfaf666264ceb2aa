import { type Case, good, type SequenceCase, type Step, type Topic } from '../harness/case.js'
import { keys } from '../harness/signing-keys.js'
import { ail, cacheable, denied, lasting, later, publish, request, sequence } from './key-set-steps.js'

const { rsa, p256, p256Later, p384, ed25519 } = keys

const rotation: readonly Case[] = [
  sequence(
    'an unknown kid costs one refetch, and the new key is there',
    publish(rsa.jwk),
    request('accepted'),
    { asked: { jwks: 1 } },
    publish(rsa.jwk, p256Later.jwk),
    request('accepted', { key: p256Later }),
    { asked: { jwks: 1 } },
    request('accepted', { key: p256Later, claims: { sub: 'another-subject' } }),
    request('accepted'),
    { asked: { jwks: 0 } },
  ),
  sequence(
    'a kid that nobody has costs one refetch and is remembered',
    publish(rsa.jwk),
    request('accepted'),
    { asked: { jwks: 1 } },
    request('token_rejected', { header: { kid: 'nobody-has-it' } }, { events: ['key_unknown'] }),
    { asked: { jwks: 1 } },
    request('token_rejected', { header: { kid: 'nobody-has-it' }, claims: { sub: 'another-subject' } }),
    { asked: { jwks: 0 } },
  ),
  sequence(
    'many unknown kids cost no more than the burst',
    publish(rsa.jwk),
    request('accepted'),
    { asked: { jwks: 1 } },
    ...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => request('token_rejected', { header: { kid: `unknown-${name}` } })),
    { asked: { jwks: 2 } },
    request('accepted', { claims: { sub: 'known-kids-unharmed' } }),
  ),
  sequence(
    'five seconds later one more refetch is allowed',
    publish(rsa.jwk),
    request('accepted'),
    request('token_rejected', { header: { kid: 'unknown-1' } }),
    request('token_rejected', { header: { kid: 'unknown-2' } }),
    request('token_rejected', { header: { kid: 'unknown-3' } }),
    { asked: { jwks: 3 } },
    { advance: 6 },
    request('token_rejected', { header: { kid: 'unknown-4' } }),
    request('token_rejected', { header: { kid: 'unknown-5' } }),
    { asked: { jwks: 1 } },
  ),
  sequence(
    'an unknown kid while the keys are not available is no 401',
    publish(rsa.jwk),
    request('accepted'),
    ail('jwks', { status: 500 }),
    request('keys_unavailable', { key: p256Later }),
    request('accepted', { claims: { sub: 'known-kids-unharmed' } }),
    ail('jwks', undefined),
    publish(rsa.jwk, p256Later.jwk),
    later,
    request('accepted', { key: p256Later }),
  ),
  sequence(
    'a withdrawn key is refused once the new set is in, remembered or not',
    publish(rsa.jwk, p256.jwk),
    request('accepted'),
    publish(p256.jwk),
    request('token_rejected', { key: p256Later }),
    request('token_rejected'),
    request('accepted', { key: p256 }),
  ),
  sequence(
    'a key replaced under its kid: the old one’s tokens are refused',
    publish({ ...p256.jwk, kid: 'same-kid' }),
    request('accepted', { key: p256, header: { kid: 'same-kid' } }),
    publish({ ...p256Later.jwk, kid: 'same-kid' }),
    request('token_rejected', { key: p256, header: { kid: 'brings-the-new-set' } }),
    request('token_rejected', { key: p256, header: { kid: 'same-kid' } }),
    request('accepted', { key: p256Later, header: { kid: 'same-kid' } }),
  ),
  sequence(
    'an unusable set never replaces a good one',
    publish(rsa.jwk),
    request('accepted'),
    publish(),
    request('keys_unavailable', { key: p256Later }),
    request('accepted'),
    request('accepted', { claims: { sub: 'another-subject' } }),
  ),
  sequence(
    'a set is served while the endpoint is down, for less than four hours',
    publish(rsa.jwk),
    request('accepted'),
    ail('jwks', 'reset'),
    ail('metadata', 'reset'),
    { advance: 4 * 3600 - 60 },
    { token: good, expect: 'accepted' },
    { advance: 120 },
    { token: good, expect: 'keys_unavailable' },
    ail('jwks', undefined),
    ail('metadata', undefined),
    later,
    { token: good, expect: 'accepted' },
  ),
]

/** Freshness ends between the two moments, in seconds since the fetch: no refetch before, and one in the background after. */
function fresh(name: string, cacheControl: string | undefined, before: number, after: number): SequenceCase {
  const again = (sub: string): Step => request('accepted', { claims: { sub } })
  return sequence(
    `freshness: ${name}`,
    cacheControl === undefined ? publish(rsa.jwk) : cacheable(cacheControl, rsa.jwk),
    request('accepted', {}, { events: ['keys_refreshed'] }),
    { asked: { jwks: 1 } },
    { advance: before },
    again('subject-before-refresh'),
    { asked: { jwks: 0 } },
    { advance: after - before },
    again('subject-after-refresh'),
    { asked: { jwks: 1 } },
  )
}

/** "the response's max-age, kept within 60 s and 10 min", refreshed ahead from 72 % of it on at the earliest. */
const freshness: readonly Case[] = [
  fresh('nothing said: ten minutes', undefined, 430, 601),
  fresh('max-age of two minutes', 'public, max-age=120', 86, 121),
  fresh('max-age of a day is cut to ten minutes', 'max-age=86400', 430, 601),
  fresh('max-age of a second is raised to one minute', 'max-age=1', 43, 61),
  fresh('max-age that is no number', 'max-age=soon', 43, 601),
  sequence(
    'freshness: a key withdrawn without a word is refused once the set was due, also for a remembered token',
    publish(rsa.jwk, p256.jwk),
    { token: lasting, expect: 'accepted' },
    publish(p256.jwk),
    { asked: { jwks: 1 } },
    { advance: 601 },
    request('accepted', { key: p256 }),
    { asked: { jwks: 1 } },
    // Waits for the fetch that is under way, if it still is.
    request('token_rejected', { header: { kid: 'waits-for-the-new-set' } }),
    { token: lasting, expect: 'token_rejected' },
  ),
  sequence(
    'Retry-After of the key endpoint is honoured',
    ail('jwks', { status: 503, headers: { 'retry-after': '120' } }),
    denied,
    { asked: { jwks: 1 } },
    { advance: 119 },
    denied,
    { asked: { jwks: 0 } },
    ail('jwks', undefined),
    { advance: 2 },
    request('accepted'),
    { asked: { jwks: 1 } },
  ),
  sequence(
    'while the keys are not available, requests do not each ask for them',
    ail('jwks', { status: 500 }),
    denied,
    denied,
    denied,
    denied,
    { asked: { jwks: 1 } },
  ),
]

const kids: readonly Case[] = [
  sequence(
    'one key without kid, and no kid in the token',
    publish({ ...p256.jwk, kid: undefined }),
    request('accepted', { key: p256, header: { kid: undefined } }),
  ),
  sequence(
    'one key, and no kid in the token',
    publish(p256.jwk),
    request('accepted', { key: p256, header: { kid: undefined } }),
  ),
  sequence(
    'keys of different types, and no kid in the token',
    publish(rsa.jwk, p256.jwk, ed25519.jwk),
    request('accepted', { key: p256, header: { kid: undefined } }),
  ),
  sequence(
    'several keys that fit, and no kid in the token: the first four are tried',
    publish(p256Later.jwk, { ...p256Later.jwk, kid: 'b' }, rsa.jwk, { ...p256Later.jwk, kid: 'c' }, p256.jwk),
    request('accepted', { key: p256, header: { kid: undefined } }),
    request('accepted', { key: p256Later, header: { kid: undefined } }),
  ),
  sequence(
    'several keys that fit, and no kid in the token: the fifth is not tried',
    publish(...['a', 'b', 'c', 'd'].map((kid) => ({ ...p256Later.jwk, kid })), p256.jwk),
    request('token_rejected', { key: p256, header: { kid: undefined } }),
    request('accepted', { key: p256 }),
  ),
  sequence(
    'two keys, of which one is for encryption, and no kid',
    publish({ ...p256Later.jwk, use: 'enc' }, p256.jwk),
    request('accepted', { key: p256, header: { kid: undefined } }),
  ),
  sequence(
    'no key that fits, and no kid in the token',
    publish(rsa.jwk),
    request('token_rejected', { key: p256, header: { kid: undefined } }),
  ),
  sequence(
    'a bad key in the set does not spoil the good one',
    publish({ kty: 'RSA', kid: 'half' }, { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'off' }, p384.jwk),
    request('accepted', { key: p384 }),
  ),
  sequence(
    'a point that is not on its curve',
    publish({ ...p256.jwk, kid: 'off', y: p256Later.jwk['y'] }, rsa.jwk),
    request('token_rejected', { key: p256, header: { kid: 'off' } }),
    request('accepted'),
  ),
]

export const keySets: Topic = { name: 'key sets and their life', cases: [...rotation, ...freshness, ...kids] }
