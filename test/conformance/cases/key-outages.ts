import type { Case, SequenceCase, Topic } from '../harness/case.js'
import { type Fault, json } from '../harness/issuer-server.js'
import { keys, privateJwk } from '../harness/signing-keys.js'
import { ail, arrange, denied, later, request, sequence } from './key-set-steps.js'

const unavailable = request('keys_unavailable', {}, { events: ['keys_refresh_failed'] })

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

const { rsa, p256 } = keys
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

export const keyOutages: Topic = { name: 'key sets that are not available', cases: [...outages, ...metadata, ...apart] }
