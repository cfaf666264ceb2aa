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
  ]),
]

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
  cases: [...anyScope, ...implied, ...roles, ...authentication, ...details, ...checks, ...order, ...optional, ...field],
}
