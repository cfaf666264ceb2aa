import {
  type Bound,
  type boundPlans,
  certificate,
  client,
  parameters,
  sha256,
  stranger,
  thumbprint,
} from '../harness/bound.js'
import { base64url, type Members } from '../harness/mint.js'
import type { Field } from '../harness/raw-http.js'
import { keys, type SigningKey } from '../harness/signing-keys.js'

/** One request, made of each framework's server. */
export interface BoundCase {
  readonly name: string
  readonly server: keyof typeof boundPlans
  readonly path: string
  readonly method: string
  readonly fields: (make: Bound) => readonly Field[]
  /** A code, or `accepted`, or `anonymous`. */
  readonly expect: string
  /** The challenge; undefined: not looked at. */
  readonly challenge?: string
}

interface Settings {
  readonly server?: BoundCase['server']
  readonly path?: string
  readonly method?: string
  readonly challenge?: string
}

function request(name: string, expect: string, fields: BoundCase['fields'], settings: Settings = {}): BoundCase {
  return { server: 'dpop', path: '/me', method: 'GET', ...settings, name, expect, fields }
}

const show = (value: unknown): string => (value === undefined ? 'none' : JSON.stringify(value)).slice(0, 60)

/** A proof that is good but for some claims. */
function claimed(name: string, claims: (make: Bound) => Members, expect: string, settings: Settings = {}): BoundCase {
  return request(
    name,
    expect,
    (make) => {
      const token = make.token()
      return make.fields(token, make.proof(token, claims(make)))
    },
    settings,
  )
}

/** A proof that is good but for its header. */
function headed(name: string, header: Members, expect: string, key: SigningKey = client): BoundCase {
  return request(`header: ${name}`, expect, (make) => {
    const token = make.token({ cnf: { jkt: thumbprint(key) } })
    return make.fields(token, make.proof(token, {}, header, key))
  })
}

/** Anything in the place of the proof. */
function field(name: string, value: (proof: string) => string): BoundCase {
  return request(`field: ${name}`, 'proof_rejected', (make) => {
    const token = make.token()
    return make.fields(token, value(make.proof(token)))
  })
}

/** A token with this `cnf` and a good proof, under a scheme. */
function confirmed(name: string, cnf: unknown, scheme: string, expect: string, settings: Settings = {}): BoundCase {
  return request(
    `cnf: ${name} under ${scheme} at ${settings.path ?? '/me'} (${settings.server ?? 'dpop'})`,
    expect,
    (make) => {
      const token = make.token({ cnf })
      return make.fields(token, make.proof(token), scheme)
    },
    settings,
  )
}

const rejected = 'proof_rejected'
const jkt = thumbprint(client)
const x5t = sha256(certificate)
const sequence = `:${Buffer.from(certificate).toString('base64')}:`

const good: readonly BoundCase[] = [
  claimed('a good proof', () => ({}), 'accepted'),
  claimed('a good proof on the optional route', () => ({}), 'accepted', { path: '/optional' }),
  claimed('a proof with a nonce that nobody asked for', () => ({ nonce: 42 }), 'accepted'),
  claimed('a good proof where it is required', () => ({}), 'accepted', { server: 'required' }),
  claimed('a proof for the public origin', () => ({ htu: 'https://api.example/me' }), 'accepted', { server: 'public' }),
  claimed('a proof for the private origin', () => ({}), rejected, { server: 'public' }),
  claimed('POST', () => ({ htm: 'POST' }), 'accepted', { method: 'POST' }),
  request('the scheme in another case', 'accepted', (make) => {
    const token = make.token()
    return make.fields(token, make.proof(token), 'dPoP')
  }),
  request('an unbound token under Bearer', 'accepted', (make) => [
    ['Authorization', `Bearer ${make.token({ cnf: undefined })}`],
  ]),
  request(
    'an unbound token in a cookie',
    'accepted',
    (make) => [['Cookie', `__Host-access=${make.token({ cnf: undefined })}`]],
    { server: 'cookie' },
  ),
]

const fieldCases: readonly BoundCase[] = [
  request('field: none', rejected, (make) => [['Authorization', `DPoP ${make.token()}`]]),
  field('empty', () => ''),
  field('twice in one', (proof) => `${proof}, ${proof}`),
  field('a comma behind it', (proof) => `${proof},`),
  field('one segment', () => 'AAAA'),
  field('two segments', (proof) => proof.split('.').slice(0, 2).join('.')),
  field('four segments', (proof) => `${proof}.AAAA`),
  field('empty signature', (proof) => proof.replace(/[^.]+$/, '')),
  field('padded', (proof) => `${proof}=`),
  field('quoted', (proof) => `"${proof}"`),
  field('a space in it', (proof) => proof.replace('.', '. ')),
  field('another signature', (proof) => proof.replace(/[^.]+$/, base64url(new Uint8Array(64)))),
  field('a truncated signature', (proof) => proof.slice(0, -4)),
  field('another alphabet', (proof) => proof.replace('.', '+.')),
  field('claims that are no object', (proof) => proof.replace(/\.[^.]+\./, `.${base64url('[]')}.`)),
  field('claims that are no JSON', (proof) => proof.replace(/\.[^.]+\./, `.${base64url('{"a"')}.`)),
  field('header with a byte order mark', (proof) => proof.replace(/^[^.]+/, base64url('\ufeff{}'))),
  field('scheme in front', (proof) => `DPoP ${proof}`),
  claimed('field: too long', () => ({ pad: 'x'.repeat(6000) }), rejected),
  request('field: twice', rejected, (make) => {
    const token = make.token()
    return [...make.fields(token, make.proof(token)), ['DPoP', make.proof(token)]]
  }),
  request('field: the same twice', rejected, (make) => {
    const token = make.token()
    const fields = make.fields(token, make.proof(token))
    return [...fields, ...fields.slice(1)]
  }),
]

const headerCases: readonly BoundCase[] = [
  ...[undefined, 'JWT', 'at+jwt', 'DPoP+jwt', 'dpop+JWT', 'application/dpop+jwt', 'dpop+jwt ', null, 1].map((typ) =>
    headed(`typ ${show(typ)}`, { typ }, rejected),
  ),
  ...[[], ['exp'], ['b64'], null, {}].map((crit) => headed(`crit ${show(crit)}`, { crit }, rejected)),
  ...[
    undefined,
    'none',
    'None',
    'HS256',
    'HS512',
    'RS384',
    'PS512',
    'ES256K',
    'es256',
    'dir',
    ['ES256'],
    1,
    'constructor',
  ].map((alg) => headed(`alg ${show(alg)}`, { alg }, rejected)),
  ...[undefined, null, 'key', 1, [], {}, [parameters(client)], { kty: 'EC' }, { kty: 'oct', k: 'AAAA' }].map((jwk) =>
    headed(`jwk ${show(jwk)}`, { jwk }, rejected),
  ),
  ...['d', 'k', 'p', 'dp', 'oth', 'priv'].map((name) =>
    headed(`private member ${name}`, { jwk: { ...parameters(client), [name]: 'AAAA' } }, rejected),
  ),
  headed('use enc', { jwk: { ...parameters(client), use: 'enc' } }, rejected),
  headed('key_ops sign', { jwk: { ...parameters(client), key_ops: ['sign'] } }, rejected),
  headed("another algorithm's key", { jwk: { ...parameters(client), alg: 'ES384' } }, rejected),
  headed('another curve', { jwk: { ...parameters(client), crv: 'P-384' } }, rejected),
  headed('a point off the curve', { jwk: { ...parameters(client), y: parameters(client)['x'] } }, rejected),
  headed("a stranger's key", { jwk: parameters(stranger) }, rejected),
  headed('x5c, jku, kid count for nothing', { x5c: ['AAAA'], jku: 'https://evil.example', kid: 'x' }, 'accepted'),
  headed(
    'a key with its use and alg',
    { jwk: { ...parameters(client), use: 'sig', alg: 'ES256', key_ops: ['verify'] } },
    'accepted',
  ),
  headed('ES384', {}, 'accepted', keys.p384),
  headed('ES512', {}, 'accepted', keys.p521),
  headed('EdDSA', {}, 'accepted', keys.ed25519),
  headed('Ed25519', {}, 'accepted', keys.ed25519AnyAlg),
  headed('RS256', {}, 'accepted', keys.rsa),
  headed('PS256', {}, 'accepted', keys.rsaPss),
  headed('RSA of 1024 bits', {}, rejected, keys.rsaWeak),
  headed('exponent 1', { jwk: { ...parameters(keys.rsa), e: 'AQ' } }, rejected, keys.rsa),
]

const at = (origin: string, path: string): string => `${origin}${path}`
const targetCases: readonly BoundCase[] = [
  ...[undefined, null, 1, '', 'get', 'POST', 'HEAD', 'GET ', ['GET']].map((htm) =>
    claimed(`htm ${show(htm)}`, () => ({ htm }), rejected),
  ),
  ...[undefined, null, 1, '', '/me', 'me', 'http://127.0.0.1/me', 'https://api.example/me'].map((htu) =>
    claimed(`htu ${show(htu)}`, () => ({ htu }), rejected),
  ),
  ...(
    [
      ['in a list', (o) => [at(o, '/me')]],
      ['https', (o) => at(o.replace('http', 'https'), '/me')],
      ['ws', (o) => at(o.replace('http', 'ws'), '/me')],
      ['upper-case path', (o) => at(o, '/ME')],
      ['trailing slash', (o) => at(o, '/me/')],
      ['two slashes', (o) => at(o, '//me')],
      ['another path', (o) => at(o, '/read')],
      ['no path', (o) => o],
      ['user information', (o) => at(o.replace('//', '//ada@'), '/me')],
      ['backslashes', (o) => at(o, '\\me')],
      ['a space behind', (o) => at(o, '/me ')],
      ['a space before', (o) => at(` ${o}`, '/me')],
      ['a tab in it', (o) => at(o, '/m\te')],
      ['encoded slash', (o) => at(o, '%2Fme')],
      ['another spelling of the address', (o) => at(o.replace('127.0.0.1', '127.1'), '/me')],
      ['a name for the address', (o) => at(o.replace('127.0.0.1', 'localhost'), '/me')],
      ['a dot behind the host', (o) => at(o.replace('.1:', '.1.:'), '/me')],
      ['zeros before the port', (o) => at(o.replace('.1:', '.1:0'), '/me')],
      ['a wide letter', (o) => at(o, '/m\uff45')],
    ] as const satisfies readonly (readonly [string, (origin: string) => unknown])[]
  ).map(([name, htu]) => claimed(`htu: ${name}`, ({ origin }) => ({ htu: htu(origin) }), rejected)),
  ...(
    [
      ['a query', (o) => at(o, '/me?a=b')],
      ['a fragment', (o) => at(o, '/me#a')],
      ['an upper-case scheme', (o) => at(o.replace('http', 'HTTP'), '/me')],
      ['an encoded letter', (o) => at(o, '/%6De')],
      ['a dot segment', (o) => at(o, '/./me')],
      ['two dot segments', (o) => at(o, '/x/../me')],
      ['encoded dot segments', (o) => at(o, '/x/%2e%2E/me')],
    ] as const satisfies readonly (readonly [string, (origin: string) => string])[]
  ).map(([name, htu]) => claimed(`htu: ${name}`, ({ origin }) => ({ htu: htu(origin) }), 'accepted')),
  claimed('htu: the query is not compared', ({ origin }) => ({ htu: `${origin}/me?x=y` }), 'accepted', {
    path: '/me?a=b',
  }),
]

const claimCases: readonly BoundCase[] = [
  ...[undefined, null, '', 1, ['x'], {}, 'x'.repeat(257)].map((jti) =>
    claimed(`jti ${show(jti)}`, () => ({ jti }), rejected),
  ),
  claimed('jti of 256 characters', ({ origin }) => ({ jti: origin.padEnd(256, '\u00e9') }), 'accepted'),
  ...[undefined, null, '1', true, [1]].map((iat) => claimed(`iat ${show(iat)}`, () => ({ iat }), rejected)),
  ...[-75, -3600, 15, 3600].map((s) => claimed(`iat ${s} s from now`, ({ now }) => ({ iat: now + s }), rejected)),
  ...[-65, -30.5, 5].map((s) => claimed(`iat ${s} s from now`, ({ now }) => ({ iat: now + s }), 'accepted')),
  ...[undefined, null, '', 1, 'x', sha256('another token')].map((ath) =>
    claimed(`ath ${show(ath)}`, () => ({ ath }), rejected),
  ),
  request("a stranger's proof", rejected, (make) => {
    const token = make.token()
    return make.fields(token, make.proof(token, {}, {}, stranger))
  }),
  request("a proof for another token of the client's", rejected, (make) => {
    const token = make.token()
    return make.fields(token, make.proof(make.token({ jti: 'another' })))
  }),
]

const cnfs: readonly [string, unknown][] = [
  ['null', null],
  ['an empty object', {}],
  ['a list', [{ jkt }]],
  ['text', jkt],
  ['true', true],
  ['both', { jkt, 'x5t#S256': x5t }],
  ['jkt and kid', { jkt, kid: 'x' }],
  ['kid', { kid: 'x' }],
  ['jwk', { jwk: parameters(client) }],
  ['a short jkt', { jkt: jkt.slice(1) }],
  ['a padded jkt', { jkt: `${jkt}=` }],
  ['jkt in a list', { jkt: [jkt] }],
  ['jkt null', { jkt: null }],
  ['a certificate', { 'x5t#S256': x5t }],
]

const bindingCases: readonly BoundCase[] = [
  ...cnfs.flatMap(([name, cnf]) => [
    confirmed(name, cnf, 'DPoP', 'token_rejected'),
    confirmed(name, cnf, 'Bearer', 'token_rejected'),
    confirmed(name, cnf, 'Bearer', 'token_rejected', { server: 'off' }),
    confirmed(name, cnf, 'Bearer', 'accepted', { server: 'ignoring' }),
  ]),
  confirmed('a key', { jkt }, 'Bearer', 'token_rejected'),
  confirmed('a key', { jkt }, 'Bearer', 'token_rejected', { server: 'off' }),
  confirmed('a key', { jkt }, 'DPoP', 'token_missing', { server: 'off' }),
  confirmed('a key', { jkt }, 'Bearer', 'token_missing', { server: 'required' }),
  confirmed('a key', { jkt }, 'Bearer', 'anonymous', { server: 'required', path: '/optional' }),
  confirmed('none', undefined, 'DPoP', 'token_rejected'),
  request('a bound token in a cookie', 'token_rejected', (make) => [['Cookie', `__Host-access=${make.token()}`]], {
    server: 'cookie',
  }),
  request(
    'a bound token in a cookie, with its proof',
    'token_rejected',
    (make) => {
      const token = make.token()
      return [
        ['Cookie', `__Host-access=${token}`],
        ['DPoP', make.proof(token)],
      ]
    },
    { server: 'cookie' },
  ),
  request(
    'a bound token and a cookie',
    'token_repeated',
    (make) => {
      const token = make.token()
      return [...make.fields(token, make.proof(token)), ['Cookie', `__Host-access=${token}`]]
    },
    { server: 'cookie' },
  ),
  claimed('a replay store that is full', () => ({}), 'store_unavailable', { server: 'full' }),
]

function certified(name: string, value: string | undefined, expect: string, scheme = 'Bearer'): BoundCase {
  return request(
    `certificate: ${name}`,
    expect,
    (make) => {
      const token = make.token({ cnf: { 'x5t#S256': x5t } })
      return [
        ['Authorization', `${scheme} ${token}`],
        ...(value === undefined ? [] : [['Client-Cert', value] as const]),
      ]
    },
    { server: 'field' },
  )
}

const certificateCases: readonly BoundCase[] = [
  certified('the one', sequence, 'accepted'),
  certified('none', undefined, 'token_rejected'),
  certified('another', ':AAAA:', 'token_rejected'),
  certified('empty', '', 'token_rejected'),
  certified('an empty sequence', '::', 'token_rejected'),
  certified('a list', `${sequence}, ${sequence}`, 'token_rejected'),
  certified('with a parameter', `${sequence};a=1`, 'token_rejected'),
  certified('as text', `"${sequence.slice(1, -1)}"`, 'token_rejected'),
  certified('without colons', sequence.slice(1, -1), 'token_rejected'),
  certified('PEM', '-----BEGIN CERTIFICATE-----', 'token_rejected'),
  certified('the one under DPoP', sequence, 'token_rejected', 'DPoP'),
  request(
    'certificate: for a token that is bound to a key',
    'token_rejected',
    (make) => [
      ['Authorization', `Bearer ${make.token()}`],
      ['Client-Cert', sequence],
    ],
    { server: 'field' },
  ),
]

const algs = 'algs="ES256 ES384 ES512 PS256 RS256 EdDSA Ed25519"'
const credentials =
  (authorization?: string): BoundCase['fields'] =>
  () =>
    authorization === undefined ? [] : [['Authorization', authorization]]

const metadata = 'resource_metadata="https://api.example/.well-known/oauth-protected-resource/v1"'

const challengeCases: readonly BoundCase[] = [
  request('challenge: nobody', 'token_missing', credentials(), { challenge: `Bearer, DPoP ${algs}` }),
  request('challenge: nobody, required', 'token_missing', credentials(), {
    server: 'required',
    challenge: `DPoP ${algs}`,
  }),
  request('challenge: nobody, a list', 'token_missing', credentials(), {
    server: 'listed',
    challenge: 'Bearer, DPoP algs="EdDSA ES256"',
  }),
  request('challenge: empty Bearer', 'request_malformed', credentials('Bearer'), {
    challenge: `Bearer error="invalid_request", DPoP ${algs}`,
  }),
  request('challenge: empty DPoP', 'request_malformed', credentials('DPoP'), {
    challenge: `Bearer, DPoP error="invalid_request", ${algs}`,
  }),
  request('challenge: DPoP, then Bearer', 'token_repeated', credentials('DPoP x, Bearer y'), {
    challenge: `Bearer, DPoP error="invalid_request", ${algs}`,
  }),
  request('challenge: Bearer, then DPoP', 'token_repeated', credentials('Bearer x, DPoP y'), {
    challenge: `Bearer error="invalid_request", DPoP ${algs}`,
  }),
  request('challenge: Basic, then DPoP', 'request_malformed', credentials('Basic x, DPoP y'), {
    challenge: `Bearer error="invalid_request", DPoP ${algs}`,
  }),
  request('challenge: a malformed token', 'token_malformed', credentials('DPoP x'), {
    challenge: `Bearer, DPoP error="invalid_token", ${algs}`,
  }),
  request('challenge: a malformed Bearer token', 'token_malformed', credentials('Bearer x'), {
    challenge: `Bearer error="invalid_token", DPoP ${algs}`,
  }),
  request('challenge: Bearer where proofs are required', 'token_missing', credentials('Bearer x'), {
    server: 'required',
    challenge: `DPoP ${algs}`,
  }),
  request('challenge: a longer scheme', 'token_missing', credentials('DPoPs x'), { challenge: `Bearer, DPoP ${algs}` }),
  request('challenge: no proof', rejected, (make) => [['Authorization', `DPoP ${make.token()}`]], {
    challenge: `Bearer, DPoP error="invalid_dpop_proof", ${algs}`,
  }),
  request('challenge: no proof, required', rejected, (make) => [['Authorization', `DPoP ${make.token()}`]], {
    server: 'required',
    challenge: `DPoP error="invalid_dpop_proof", ${algs}`,
  }),
  claimed('challenge: no nonce', () => ({}), 'nonce_required', {
    server: 'nonce',
    challenge: `Bearer, DPoP error="use_dpop_nonce", ${algs}`,
  }),
  claimed('challenge: a made-up nonce', () => ({ nonce: 'x' }), 'nonce_required', { server: 'nonce' }),
  claimed('challenge: no nonce, but stale', ({ now }) => ({ iat: now - 100 }), rejected, { server: 'nonce' }),
  claimed('challenge: no scope', ({ origin }) => ({ htu: `${origin}/read` }), 'scope_insufficient', {
    path: '/read',
    challenge: `Bearer, DPoP error="insufficient_scope", scope="read", ${algs}`,
  }),
  request('challenge: nothing, with metadata', 'token_missing', () => [], {
    server: 'described',
    challenge: `Bearer ${metadata}`,
  }),
  request('challenge: malformed, with metadata', 'token_malformed', () => [['Authorization', 'Bearer x']], {
    server: 'described',
    challenge: `Bearer error="invalid_token", ${metadata}`,
  }),
  request('challenge: nothing, with metadata and DPoP', 'token_missing', () => [], {
    server: 'describedDpop',
    challenge: `Bearer ${metadata}, DPoP algs="ES256", ${metadata}`,
  }),
  request('challenge: no proof, with metadata', rejected, (make) => [['Authorization', `DPoP ${make.token()}`]], {
    server: 'describedDpop',
    challenge: `Bearer ${metadata}, DPoP error="invalid_dpop_proof", algs="ES256", ${metadata}`,
  }),
]

/** What is asked of every framework about tokens that are bound to a key. */
export const boundTokens: readonly BoundCase[] = [
  ...good,
  ...fieldCases,
  ...headerCases,
  ...targetCases,
  ...claimCases,
  ...bindingCases,
  ...certificateCases,
  ...challengeCases,
]
