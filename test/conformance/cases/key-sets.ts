import {
  type Case,
  type Exchange,
  type Expected,
  good,
  type SequenceCase,
  type Step,
  type Topic,
} from '../harness/case.js'
import { type Fault, json, type Realm } from '../harness/issuer-server.js'
import type { JwtParts, Mint } from '../harness/mint.js'
import { keys, privateJwk, type SigningKey } from '../harness/signing-keys.js'

function request(expect: Expected, parts: JwtParts = {}, more: Partial<Exchange> = {}): Step {
  return { token: (mint) => mint.jwt(parts), expect, ...more }
}

function sequence(name: string, ...steps: Step[]): SequenceCase {
  return { name, server: 'keySets', steps }
}

function arrange(changes: Partial<Realm>): Step {
  return { arrange: (realm) => Object.assign(realm, changes) }
}

function publish(...published: SigningKey['jwk'][]): Step {
  return arrange({ published })
}

function ail(where: 'jwks' | 'metadata', fault: Fault | undefined): Step {
  return arrange({ [where]: fault })
}

const unavailable = request('keys_unavailable', {}, { events: ['keys_refresh_failed'] })
const denied = request('keys_unavailable')
/** Longer than the longest back-off. */
const later: Step = { advance: 31 }

/** An answer instead of the key set, or of the metadata, leaves nothing to verify with: 503, and well again afterwards. */
function outage(name: string, where: 'jwks' | 'metadata', fault: Fault): SequenceCase {
  return sequence(
    `${where}: ${name}`,
    ail(where, fault),
    unavailable,
    denied,
    ail(where, undefined),
    later,
    request('accepted'),
  )
}

const { rsa, p256, p256Later, p384, ed25519 } = keys
const padding = { padding: 'x'.repeat(70_000) }

const outages: readonly Case[] = [
  outage('closes the connection', 'jwks', 'reset'),
  outage('500', 'jwks', { status: 500 }),
  outage('503 with Retry-After', 'jwks', { status: 503, headers: { 'retry-after': '7' } }),
  outage('429', 'jwks', { status: 429, headers: { 'retry-after': '2' } }),
  outage('404', 'jwks', { status: 404 }),
  outage('401', 'jwks', { status: 401 }),
  outage('201 with a good set', 'jwks', { ...json({ keys: [rsa.jwk] }), status: 201 }),
  outage('204', 'jwks', { status: 204 }),
  outage('an HTML page', 'jwks', {
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<html>Maintenance</html>',
  }),
  outage('an empty body', 'jwks', { status: 200, body: '' }),
  outage('JSON that is cut off', 'jwks', { status: 200, body: '{"keys":[' }),
  outage('a list', 'jwks', json([rsa.jwk])),
  outage('null', 'jwks', json(null)),
  outage('an object without keys', 'jwks', json({ issuer: 'x' })),
  outage('keys that are no list', 'jwks', json({ keys: { 0: rsa.jwk } })),
  outage('no keys', 'jwks', json({ keys: [] })),
  outage('only keys that are too weak', 'jwks', json({ keys: [keys.rsaWeak.jwk, keys.rsaExponentOne.jwk] })),
  outage('only keys for encryption', 'jwks', json({ keys: [keys.rsaForEncryption.jwk] })),
  outage('only keys of unknown type', 'jwks', json({ keys: [{ kty: 'XYZ', kid: 'rsa-one' }, null, 7] })),
  outage('a private key among good ones', 'jwks', json({ keys: [rsa.jwk, privateJwk] })),
  outage('a symmetric key among good ones', 'jwks', json({ keys: [rsa.jwk, { kty: 'oct', k: 'c2VjcmV0', kid: 's' }] })),
  outage(
    '51 keys',
    'jwks',
    json({ keys: [rsa.jwk, ...Array.from({ length: 50 }, (_, i) => ({ ...p256.jwk, kid: `k${i}` }))] }),
  ),
  outage('more than 64 KiB', 'jwks', json({ keys: [rsa.jwk], ...padding })),
  outage('a redirect to itself', 'jwks', { status: 302, headers: { location: 'jwks?again' } }),
  outage('a redirect elsewhere', 'jwks', { status: 307, headers: { location: 'http://127.0.0.1:9/jwks' } }),
  outage('closes the connection', 'metadata', 'reset'),
  outage('500', 'metadata', { status: 500 }),
  outage('404 at both places', 'metadata', { status: 404 }),
  outage('an HTML page', 'metadata', { status: 200, body: '<html></html>' }),
  outage(
    'names another issuer',
    'metadata',
    json({ issuer: 'https://evil.example/', jwks_uri: 'https://evil.example/jwks' }),
  ),
  outage('names no issuer', 'metadata', json({ jwks_uri: 'https://evil.example/jwks' })),
  outage('a redirect', 'metadata', { status: 302, headers: { location: '/own-0/.well-known/openid-configuration' } }),
]

/** The metadata's own words, changed in one place. */
function withMembers(name: string, members: (url: string) => Readonly<Record<string, unknown>>): SequenceCase {
  return sequence(
    `metadata: ${name}`,
    { arrange: (realm) => Object.assign(realm, { metadataMembers: members(realm.url) }) },
    unavailable,
    arrange({ metadataMembers: {} }),
    later,
    request('accepted'),
  )
}

const metadata: readonly Case[] = [
  sequence(
    'metadata is asked for once, and the keys',
    request('accepted'),
    request('accepted', { claims: { sub: 'another-subject' } }),
    { asked: { metadata: 1, jwks: 1 } },
  ),
  sequence('metadata at RFC 8414’s location alone', arrange({ location: 'oauth' }), request('accepted'), {
    asked: { metadata: 2, jwks: 1 },
  }),
  withMembers('issuer without its slash', (url) => ({ issuer: url.slice(0, -1) })),
  withMembers('issuer in upper case', (url) => ({ issuer: url.toUpperCase() })),
  withMembers('issuer in a list', (url) => ({ issuer: [url] })),
  withMembers('no jwks_uri', () => ({ jwks_uri: undefined })),
  withMembers('a jwks_uri that is no URL', () => ({ jwks_uri: 'jwks' })),
  // "https only, but for loopback."
  withMembers('a jwks_uri of plain http elsewhere', () => ({ jwks_uri: 'http://keys.example/jwks' })),
  withMembers('a jwks_uri of another scheme', () => ({ jwks_uri: 'file:///etc/passwd' })),
  withMembers('a jwks_uri with keys in it', () => ({
    jwks_uri: `data:application/json,${JSON.stringify({ keys: [] })}`,
  })),
]

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
    'an unknown kid while the keys cannot be had is no 401',
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

/** A set that comes with this Cache-Control. */
function cacheable(cacheControl: string, ...published: SigningKey['jwk'][]): Step {
  const set = json({ keys: published })
  return ail('jwks', { ...set, headers: { ...set.headers, 'cache-control': cacheControl } })
}

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
    'while the keys cannot be had, requests do not each ask for them',
    ail('jwks', { status: 500 }),
    denied,
    denied,
    denied,
    denied,
    { asked: { jwks: 1 } },
  ),
]

/** The same token at every step, good for long: one that is remembered. */
function lasting(mint: Mint): string {
  return mint.jwt({ claims: { iat: 1_000_000_000, exp: 100_000_000_000 } })
}

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
    'two keys that fit, and no kid in the token',
    publish(p256.jwk, p256Later.jwk),
    request('token_rejected', { key: p256, header: { kid: undefined } }),
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

const apart: readonly Case[] = [
  sequence(
    'an outage is the route’s answer to everybody with that issuer’s token',
    ail('jwks', 'reset'),
    denied,
    request('keys_unavailable', {}, { path: '/optional' }),
    request('keys_unavailable', { claims: { scope: 'read' } }, { path: '/read' }),
  ),
  sequence(
    'an outage is of no account to nobody',
    ail('jwks', 'reset'),
    denied,
    { path: '/optional', expect: 'anonymous' },
    { expect: 'token_missing' },
    { path: '/public', expect: 'public' },
  ),
  sequence('an outage of one issuer leaves another’s tokens alone', ail('jwks', 'reset'), denied, {
    token: (m) => m.jwt({ claims: { iss: m.issuer.replace(/own-\d+/, 'main') } }),
    expect: 'accepted',
  }),
  // "Cheap checks come before the signature": what they refuse needs no keys.
  sequence(
    'an expired token needs no keys to be refused',
    ail('jwks', 'reset'),
    { token: (m) => m.jwt({ claims: { exp: m.now - 60 } }), expect: 'token_expired' },
    { asked: { metadata: 0, jwks: 0 } },
  ),
  sequence(
    'a malformed token fetches nothing',
    { token: (m) => `${m.jwt()}=`, expect: 'token_malformed' },
    { asked: { metadata: 0, jwks: 0 } },
  ),
  sequence(
    'a token for another audience fetches nothing',
    request('token_rejected', { claims: { aud: 'https://other.example' } }),
    { asked: { metadata: 0, jwks: 0 } },
  ),
  sequence('an algorithm that is not allowed fetches nothing', request('token_rejected', { header: { alg: 'none' } }), {
    asked: { metadata: 0, jwks: 0 },
  }),
]

export const keySets: Topic = {
  name: 'key sets',
  cases: [...outages, ...metadata, ...rotation, ...freshness, ...kids, ...apart],
}
