import { type Case, cookie, type Expected, good, type Topic } from '../harness/case.js'
import type { Members } from '../harness/mint.js'
import type { Field } from '../harness/raw-http.js'

type Row = readonly [name: string, claims: (now: number) => Members, expect: Expected, challenge?: string]

function on(path: string, rows: readonly Row[]): readonly Case[] {
  return rows.map(([name, claims, expect, challenge]) => ({
    name: `${path}: ${name}`,
    server: 'guards',
    path,
    token: (mint) => mint.jwt({ claims: claims(mint.now) }),
    expect,
    ...(challenge === undefined ? {} : { challenge }),
  }))
}

const anyScope = on('/g/any', [
  ['one of them', () => ({ scope: 'a' }), 'accepted'],
  ['the other', () => ({ scope: 'read' }), 'accepted'],
  ['one that implies it', () => ({ scope: 'write' }), 'accepted'],
  ['one that implies it over two steps', () => ({ scope: 'admin' }), 'accepted'],
  ['none of them', () => ({ scope: 'b' }), 'scope_insufficient', 'scope="a read"'],
  ['no scope', () => ({}), 'scope_insufficient', 'scope="a read"'],
])

const anyScopeAsText = on('/g/any-text', [
  ['the first of them', () => ({ scope: 'a' }), 'accepted'],
  ['the second', () => ({ scope: 'read' }), 'accepted'],
  ['neither', () => ({ scope: 'a:read' }), 'scope_insufficient', 'scope="a read"'],
])

const equal = on('/g/equal', [
  ['the scope itself', () => ({ scope: 'y' }), 'accepted'],
  ['one that implies it', () => ({ scope: 'x' }), 'accepted'],
  ['one that implies it the other way round', () => ({ scope: 'z' }), 'accepted'],
  ['none of the circle', () => ({ scope: 'read' }), 'scope_insufficient', 'scope="y"'],
])

/** Of the claims that `scopeFrom` names, the first that is there counts, whatever it is. */
const scopeFrom = on('/read', [
  ['the first claim', () => ({ permissions: ['read'], scope: 'x' }), 'accepted'],
  ['the second where the first is not there', () => ({ scope: 'read' }), 'accepted'],
  ['the first is null', () => ({ permissions: null, scope: 'read' }), 'scope_insufficient'],
  ['the first is an empty list', () => ({ permissions: [], scope: 'read' }), 'scope_insufficient'],
  ['scp is not among them', () => ({ scp: 'read' }), 'scope_insufficient'],
  ['two words in one entry of a list', () => ({ permissions: ['x read'] }), 'scope_insufficient'],
])

const implied = [
  ...on('/read', [
    ['a scope that implies it', () => ({ scope: 'write' }), 'accepted'],
    ['permissions stand in for scope', () => ({ permissions: ['x'], scope: 'read' }), 'scope_insufficient'],
  ]),
  ...on('/admin', [['implication does not lead upwards', () => ({ scope: 'read write' }), 'scope_insufficient']]),
]

const roles = on('/g/role', [
  ['at the first path', () => ({ realm_access: { roles: ['editor'] } }), 'accepted'],
  ['at the second', () => ({ roles: 'chief' }), 'accepted'],
  ['at both together', () => ({ realm_access: { roles: ['x'] }, roles: ['chief'] }), 'accepted'],
  ['in a claim of exactly that name', () => ({ 'realm_access.roles': ['editor'] }), 'accepted'],
  [
    'which comes before the path',
    () => ({ 'realm_access.roles': [], realm_access: { roles: ['editor'] } }),
    'role_insufficient',
  ],
  ['another role', () => ({ roles: ['editors'] }), 'role_insufficient'],
  ['in another case', () => ({ roles: ['Editor'] }), 'role_insufficient'],
  ['beside what is no string', () => ({ roles: ['editor', 5] }), 'role_insufficient'],
  ['as a scope', () => ({ scope: 'editor' }), 'role_insufficient'],
  ['no role', () => ({}), 'role_insufficient'],
  ['two roles in one text', () => ({ roles: 'editor chief' }), 'role_insufficient'],
  ['in an object', () => ({ roles: { editor: true } }), 'role_insufficient'],
  ['in a claim whose name has dots', () => ({ 'https://app.example/roles': ['editor'] }), 'accepted'],
  ['a path does not lead into lists', () => ({ list: ['editor'] }), 'role_insufficient'],
  ['a path leads through members of any name', () => ({ list: { 0: 'editor' } }), 'accepted'],
  ['nor into texts', () => ({ realm_access: 'editor' }), 'role_insufficient'],
  ['through nothing', () => ({ realm_access: null }), 'role_insufficient'],
  ['in a member that every object has', () => ({ constructor: { name: 'editor' } }), 'accepted'],
  ['in a member of its prototype’s name', () => JSON.parse('{"__proto__":{"roles":["editor"]}}'), 'accepted'],
])

const step = 'acr_values="mfa hw", max_age="300"'
const authentication = [
  ...on('/g/step', [
    ['strong and recent', (now) => ({ acr: 'hw', auth_time: now }), 'accepted'],
    ['strong and old', (now) => ({ acr: 'hw', auth_time: now - 400 }), 'authentication_insufficient', step],
    ['weak and recent', (now) => ({ acr: 'pwd', auth_time: now }), 'authentication_insufficient', step],
    ['neither said', () => ({}), 'authentication_insufficient', step],
  ]),
  ...on('/g/acr', [
    ['a list', () => ({ acr: ['mfa'] }), 'authentication_insufficient', 'acr_values="mfa"'],
    ['two words', () => ({ acr: 'mfa hw' }), 'authentication_insufficient', 'acr_values="mfa"'],
  ]),
  ...on('/g/age', [
    ['within the tolerance', (now) => ({ auth_time: now - 304 }), 'accepted'],
    ['a little in the future', (now) => ({ auth_time: now + 5 }), 'accepted'],
    ['far in the future', (now) => ({ auth_time: now + 60 }), 'authentication_insufficient', 'max_age="300"'],
    ['a string', (now) => ({ auth_time: String(now) }), 'authentication_insufficient', 'max_age="300"'],
    ['null', () => ({ auth_time: null }), 'authentication_insufficient', 'max_age="300"'],
    ['beyond all times', () => ({ auth_time: 1e300 }), 'authentication_insufficient', 'max_age="300"'],
  ]),
]

/** The tolerance is ten seconds; to the second, since the suite moves this server's clock. */
const ages = [
  ...on('/g/age', [
    ['the last good second', (now) => ({ auth_time: now - 309 }), 'accepted'],
    ['a second too old', (now) => ({ auth_time: now - 310 }), 'authentication_insufficient', 'max_age="300"'],
    ['half a second too old', (now) => ({ auth_time: now - 310.5 }), 'authentication_insufficient', 'max_age="300"'],
    ['as far in the future as tolerance goes', (now) => ({ auth_time: now + 10 }), 'accepted'],
    ['a second further', (now) => ({ auth_time: now + 11 }), 'authentication_insufficient', 'max_age="300"'],
  ]),
  ...on('/g/at-once', [
    ['within the tolerance', (now) => ({ auth_time: now - 9 }), 'accepted'],
    ['a second too old', (now) => ({ auth_time: now - 10 }), 'authentication_insufficient', 'max_age="0"'],
  ]),
].map((each): Case => ({ ...each, name: `to the second: ${each.name}`, server: 'clock' }))

const payment = { type: 'payment', actions: ['status', 'initiate', 'x'], other: 1 }
const details = on('/g/details', [
  ['an entry that allows more', () => ({ authorization_details: [{ type: 'x' }, payment] }), 'accepted'],
  [
    'of another type',
    () => ({ authorization_details: [{ ...payment, type: 'Payment' }] }),
    'authorization_insufficient',
  ],
  [
    'two entries that would do together',
    () => ({
      authorization_details: [
        { ...payment, actions: ['status'] },
        { ...payment, actions: ['initiate'] },
      ],
    }),
    'authorization_insufficient',
  ],
  ['no actions', () => ({ authorization_details: [{ type: 'payment' }] }), 'authorization_insufficient'],
  ['no list', () => ({ authorization_details: payment }), 'authorization_insufficient'],
  [
    'entries that are no objects',
    () => ({ authorization_details: [null, 'payment', []] }),
    'authorization_insufficient',
  ],
  ['none', () => ({}), 'authorization_insufficient'],
])

const account = {
  type: 'account',
  locations: ['https://b.example', 'https://a.example'],
  datatypes: ['balance'],
  privileges: ['owner'],
}

const severalDetails = [
  ...on('/g/details-each', [
    ['an entry for each', () => ({ authorization_details: [account, payment] }), 'accepted'],
    ['an entry for one', () => ({ authorization_details: [payment] }), 'authorization_insufficient'],
    ...Object.keys(account).map(
      (member): Row => [
        `an entry without ${member}`,
        () => ({ authorization_details: [payment, { ...account, [member]: undefined }] }),
        'authorization_insufficient',
      ],
    ),
    [
      'a text where a list is due',
      () => ({ authorization_details: [payment, { ...account, datatypes: 'balance' }] }),
      'authorization_insufficient',
    ],
    [
      'members in a list of lists',
      () => ({ authorization_details: [payment, { ...account, datatypes: [['balance']] }] }),
      'authorization_insufficient',
    ],
  ]),
  ...on('/g/type', [
    ['an entry of nothing but the type', () => ({ authorization_details: [{ type: 'payment' }] }), 'accepted'],
    ['an entry that asks less', () => ({ authorization_details: [payment] }), 'accepted'],
    ['a type in a list', () => ({ authorization_details: [{ type: ['payment'] }] }), 'authorization_insufficient'],
    [
      'a type of the prototype',
      () => ({ authorization_details: [JSON.parse('{"__proto__":{"type":"payment"}}')] }),
      'authorization_insufficient',
    ],
    ['an empty list', () => ({ authorization_details: [] }), 'authorization_insufficient'],
    [
      'the list as a text of JSON',
      () => ({ authorization_details: JSON.stringify([payment]) }),
      'authorization_insufficient',
    ],
  ]),
]

const checks = [
  ...on('/g/tenant', [
    ['true', () => ({ tenant: 'acme' }), 'accepted'],
    ['false', () => ({ tenant: 'other' }), 'access_denied'],
  ]),
  ...on('/g/slow', [
    ['true, later', () => ({ tenant: 'acme' }), 'accepted'],
    ['false, later', () => ({ tenant: 'other' }), 'access_denied'],
  ]),
  ...on('/g/truthy', [['what is only like true', () => ({ tenant: 'acme' }), 'access_denied']]),
]

const order = on('/g/all', [
  ['everything', () => ({ scope: 'read', roles: 'editor', acr: 'mfa', tenant: 'acme' }), 'accepted'],
  ['nothing: scope first', () => ({}), 'scope_insufficient', 'scope="read"'],
  ['then role', () => ({ scope: 'read' }), 'role_insufficient'],
  ['then acr', () => ({ scope: 'read', roles: 'editor' }), 'authentication_insufficient', 'acr_values="mfa"'],
  ['then the check', () => ({ scope: 'read', roles: 'editor', acr: 'mfa' }), 'access_denied'],
])

/** What a token has that gets as far as each step. */
const upToAnyScope = { scope: 'read' }
const upToRole = { scope: 'read b' }
const upToDetails = { ...upToRole, roles: ['editor'] }
const upToAge = { ...upToDetails, authorization_details: [{ type: 'payment' }] }
const wholeOrder = on('/g/order', [
  ['nothing', () => ({ tenant: 'acme' }), 'scope_insufficient', 'scope="read"'],
  ['then anyScope', () => upToAnyScope, 'scope_insufficient', 'scope="a b"'],
  ['then role', () => upToRole, 'role_insufficient'],
  ['then authorizationDetails', () => upToDetails, 'authorization_insufficient'],
  ['then maxAuthAge', () => upToAge, 'authentication_insufficient', 'max_age="300"'],
  ['then the check', (now) => ({ ...upToAge, auth_time: now }), 'access_denied'],
  ['everything', (now) => ({ ...upToAge, auth_time: now, tenant: 'acme' }), 'accepted'],
  ['a bad token first', (now) => ({ tenant: 'acme', exp: now - 60 }), 'token_expired'],
])

const optional: readonly Case[] = [
  { name: '/g/optional: nobody', server: 'guards', path: '/g/optional', expect: 'anonymous' },
  ...on('/g/optional', [
    ['somebody with the role', () => ({ roles: 'editor' }), 'accepted'],
    ['somebody without it', () => ({}), 'role_insufficient'],
  ]),
]

function proxied(...values: string[]): (token: string) => readonly Field[] {
  return (token) => values.map((value): Field => ['X-Proxy-Token', value.replace('{token}', token)])
}

const foreign: Field = ['Origin', 'https://evil.example']

/** The field that a proxy fills: the bare token, and the origin of the request matters as with a cookie. */
const field: readonly Case[] = [
  { name: 'the bare token', fields: proxied('{token}'), expect: 'accepted' },
  { name: 'empty', fields: proxied(''), expect: 'token_missing' },
  { name: 'twice empty: a comma', fields: proxied('', ''), expect: 'token_repeated' },
  { name: 'once empty, once not', fields: proxied('', '{token}'), expect: 'token_repeated' },
  { name: 'white space around it', fields: proxied(' \t{token}\t '), expect: 'accepted' },
  { name: 'with a scheme', fields: proxied('Bearer {token}'), expect: 'token_malformed' },
  { name: 'in quotes', fields: proxied('"{token}"'), expect: 'token_malformed' },
  { name: 'twice', fields: proxied('{token}', '{token}'), expect: 'token_repeated' },
  { name: 'with a comma', fields: proxied('{token},'), expect: 'token_repeated' },
  { name: 'beside a cookie', fields: (t: string) => [...cookie(t), ...proxied(t)(t)], expect: 'token_repeated' },
  {
    name: 'beside a malformed Authorization, which comes first',
    fields: (t: string): readonly Field[] => [['Authorization', 'Bearer a b'], ...proxied('{token}')(t)],
    expect: 'request_malformed',
  },
  {
    name: 'repeated, beside a malformed Authorization, which comes first',
    fields: (t: string): readonly Field[] => [...proxied(t, t)(t), ['Authorization', 'Bearer']],
    expect: 'request_malformed',
  },
  {
    name: 'repeated, beside a good Authorization',
    fields: (t: string): readonly Field[] => [...proxied('a,b')(t), ['Authorization', `Bearer ${t}`]],
    expect: 'token_repeated',
  },
  {
    name: 'beside another scheme',
    fields: (t: string): readonly Field[] => [['Authorization', 'Basic dXNlcg=='], ...proxied('{token}')(t)],
    expect: 'accepted',
  },
  {
    name: 'of another origin',
    method: 'POST',
    fields: (t: string) => [foreign, ...proxied(t)(t)],
    expect: 'origin_rejected',
  },
  {
    name: 'of an app’s own scheme',
    method: 'POST',
    fields: (t: string): readonly Field[] => [['Origin', 'capacitor://localhost'], ...proxied(t)(t)],
    expect: 'accepted',
  },
].map((each): Case => ({ ...each, name: `a field of a proxy: ${each.name}`, server: 'guards', token: good }) as Case)

export const requirements: Topic = {
  name: 'what a route can ask for, and fields of proxies',
  cases: [
    ...[...anyScope, ...anyScopeAsText, ...equal, ...scopeFrom, ...implied, ...roles],
    ...[...authentication, ...ages, ...details, ...severalDetails, ...checks],
    ...[...order, ...wholeOrder, ...optional, ...field],
  ],
}
