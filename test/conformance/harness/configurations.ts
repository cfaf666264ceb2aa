import { randomBytes } from 'node:crypto'
import type { Configuration } from './contract-server.js'
import { foundIssuers } from './found-issuers.js'
import type { IssuerServer } from './issuer-server.js'
import { audience } from './mint.js'
import { keys } from './signing-keys.js'

/** HMAC secrets of the `several` server, each as long as its name says, in bytes. */
export const secrets = {
  of32: randomBytes(32),
  alsoOf32: randomBytes(32),
  of48: randomBytes(48),
  of64: randomBytes(64),
  of64BesideOneOf32: randomBytes(64),
} as const

/** Issuers of the `several` server that are known by name alone. */
export const named = {
  secretOf32: 'https://secret-of-32.example',
  secretOf48: 'https://secret-of-48.example',
  secretOf64: 'https://secret-of-64.example',
  twoSecrets: 'https://two-secrets.example',
  staticKeys: 'https://static-keys.example/',
  oneStaticKey: 'urn:example:one-static-key',
  restricted: 'https://restricted.example',
  explicitUri: 'https://explicit-uri.example',
  listOfAudiences: 'https://list-of-audiences.example',
  noAudience: 'https://no-audience.example',
  typed: 'https://typed.example',
} as const

/** How many cases can have an issuer of their own. */
const ownRealms = 100

/** The name of the n-th case's own issuer. */
export function ownRealm(n: number): string {
  if (n >= ownRealms) throw new Error('more key-set cases than issuers for them; raise ownRealms')
  return `own-${n}`
}

/** One configuration that servers are started with. */
export interface ServerPlan {
  /** Whether its clock is moved by the suite. */
  readonly manual?: true
  /** What `clockTolerance` comes to, in seconds. */
  readonly tolerance: number
  readonly configure: (issuers: IssuerServer) => Configuration
}

/** Where roles are: at the end of paths, in a claim whose name has dots, and where objects have members of their own kind. */
const rolePaths = [
  'realm_access.roles',
  'roles',
  'https://app.example/roles',
  'list.0',
  'constructor.name',
  '__proto__.roles',
]

const both = ['header', { cookie: '__Host-access' }]

function mainIssuer(issuers: IssuerServer): Configuration {
  return { issuer: issuers.realm('main').url, audience }
}

/** The configurations; every case names one. All know the issuer `main`, found through its metadata. */
export const plans = {
  /** Everything by default: tokens from the header alone. */
  header: { tolerance: 10, configure: (issuers) => ({ issuers: [mainIssuer(issuers)] }) },
  cookie: {
    tolerance: 10,
    configure: (issuers) => ({
      issuers: [mainIssuer(issuers)],
      tokenFrom: both,
      trustedOrigins: ['https://app.example', 'http://localhost:5173'],
    }),
  },
  cookieOnly: {
    tolerance: 10,
    configure: (issuers) => ({ issuers: [mainIssuer(issuers)], tokenFrom: [{ cookie: '__Host-access' }] }),
  },
  twoCookies: {
    tolerance: 10,
    configure: (issuers) => ({
      issuers: [mainIssuer(issuers)],
      tokenFrom: [{ cookie: 'first' }, { cookie: 'second' }],
    }),
  },
  uncached: {
    tolerance: 10,
    configure: (issuers) => ({ issuers: [mainIssuer(issuers)], tokenFrom: both, tokenCache: false }),
  },
  clock: {
    manual: true,
    tolerance: 10,
    configure: (issuers) => ({
      issuers: [mainIssuer(issuers)],
      tokenFrom: both,
      guards: { '/g/age': { maxAuthAge: 300 }, '/g/at-once': { maxAuthAge: 0 } },
      clock: 'manual',
    }),
  },
  strictClock: {
    manual: true,
    tolerance: 0,
    configure: (issuers) => ({ issuers: [mainIssuer(issuers)], clockTolerance: 0, maxTokenAge: 3600, clock: 'manual' }),
  },
  tolerantAge: {
    manual: true,
    tolerance: 30,
    configure: (issuers) => ({ issuers: [mainIssuer(issuers)], clockTolerance: 30, maxTokenAge: 600, clock: 'manual' }),
  },
  found: { manual: true, tolerance: 10, configure: foundIssuers },
  /** What routes can ask for beyond scopes, where the issuer says what there is to ask. */
  guards: {
    tolerance: 10,
    configure: (issuers) => ({
      issuers: [{ ...mainIssuer(issuers), scopeFrom: ['permissions', 'scope'], rolesFrom: rolePaths }],
      tokenFrom: ['header', { cookie: '__Host-access' }, { header: 'X-Proxy-Token' }],
      trustedOrigins: ['https://app.example', 'capacitor://localhost'],
      // Three that imply each other are equal.
      scopeImplies: { admin: ['write'], write: ['read'], x: ['y'], y: ['z'], z: ['x'] },
      maxTokenLength: 4000,
      guards: {
        '/g/any': { anyScope: ['a', 'read'] },
        '/g/any-text': { anyScope: 'a read' },
        '/g/equal': { scope: ['y'] },
        '/g/role': { role: ['editor', 'chief'] },
        '/g/step': { acr: ['mfa', 'hw'], maxAuthAge: 300 },
        '/g/acr': { acr: 'mfa' },
        '/g/age': { maxAuthAge: 300 },
        '/g/details': { authorizationDetails: { type: 'payment', actions: ['initiate', 'status'] } },
        '/g/details-each': {
          authorizationDetails: [
            { type: 'payment', actions: 'initiate' },
            { type: 'account', locations: ['https://a.example'], datatypes: ['balance'], privileges: ['owner'] },
          ],
        },
        '/g/type': { authorizationDetails: { type: 'payment' } },
        '/g/tenant': { check: 'tenant' },
        '/g/slow': { check: 'slow' },
        '/g/truthy': { check: 'truthy' },
        '/g/all': { scope: 'read', role: 'editor', acr: 'mfa', check: 'tenant' },
        '/g/order': {
          check: 'tenant',
          maxAuthAge: 300,
          authorizationDetails: { type: 'payment' },
          role: 'editor',
          anyScope: ['a', 'b'],
          scope: 'read',
        },
        '/g/optional': { optional: true, role: 'editor' },
      },
    }),
  },
  several: { tolerance: 10, configure: severalIssuers },
  keySets: { manual: true, tolerance: 10, configure: (issuers) => withOwnRealms(issuers) },
  keySettings: {
    manual: true,
    tolerance: 10,
    configure: (issuers) => withOwnRealms(issuers, { freshFor: 120, staleFor: 1200, cooldown: 60 }),
  },
} as const satisfies Record<string, ServerPlan>

/** The name of a configuration. */
export type ServerName = keyof typeof plans

/** An issuer for each case that wants one of its own, with a clock that the case moves. */
function withOwnRealms(issuers: IssuerServer, keySet?: Configuration): Configuration {
  const own = Array.from({ length: ownRealms }, (_, n) => ({ issuer: issuers.realm(ownRealm(n)).url, audience }))
  return { issuers: [mainIssuer(issuers), ...own], clock: 'manual', ...(keySet === undefined ? {} : { keySet }) }
}

function severalIssuers(issuers: IssuerServer): Configuration {
  const text = (secret: Uint8Array): string => Buffer.from(secret).toString('base64url')
  const jwksUri = `${issuers.realm('main').url}jwks`
  return {
    issuers: [
      mainIssuer(issuers),
      { issuer: named.secretOf32, audience, secret: text(secrets.of32) },
      { issuer: named.secretOf48, audience, secret: text(secrets.of48) },
      { issuer: named.secretOf64, audience, secret: text(secrets.of64) },
      { issuer: named.twoSecrets, audience, secret: [text(secrets.of64BesideOneOf32), text(secrets.alsoOf32)] },
      { issuer: named.staticKeys, audience, jwks: { keys: [keys.p256.jwk, keys.ed25519.jwk] } },
      { issuer: named.oneStaticKey, audience, jwks: { keys: [keys.p256AnyAlg.jwk] } },
      { issuer: named.restricted, audience, jwksUri, algorithms: ['ES256', 'PS256'] },
      { issuer: named.explicitUri, audience, jwksUri },
      { issuer: named.listOfAudiences, audience: ['https://one.example', audience], jwksUri },
      { issuer: named.noAudience, audience: null, jwksUri },
      { issuer: named.typed, audience, jwksUri, tokenType: 'at+jwt' },
    ],
    tokenFrom: both,
  }
}
