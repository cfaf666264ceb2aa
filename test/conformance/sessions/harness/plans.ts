import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { Configuration } from '../../harness/contract-server.js'
import { audience } from '../../harness/mint.js'
import { hmac } from '../../harness/signing-keys.js'

/** `iss` and `aud` of the access tokens that the sessions issue. */
export const app = { issuer: 'https://app.example', audience: 'https://app.example/api' } as const

/** An origin that every configuration trusts. */
export const trustedOrigin = 'https://pages.example'

/** Another issuer, which the guards accept besides. */
export const foreign = { issuer: 'https://id.example', key: hmac('HS256', randomBytes(32)) } as const

/** A private key as JWK. */
export type PrivateJwk = { readonly kid: string; readonly [member: string]: unknown }

function privateKey(kid: string, alg: 'ES256' | 'EdDSA'): PrivateJwk {
  const pair = alg === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')
  return { ...pair.privateKey.export({ format: 'jwk' }), kid, alg }
}

/** Keys that configurations name; made anew at each run. */
export const privateKeys = {
  one: privateKey('key-one', 'ES256'),
  two: privateKey('key-two', 'EdDSA'),
  alone: privateKey('key-alone', 'EdDSA'),
} as const

/** One configuration that servers are started with; what is known of it besides. */
export interface SessionPlan {
  readonly delivery: 'cookie' | 'body'
  /** What the numbers come to, in seconds. */
  readonly accessTokenTtl: number
  readonly idleTtl: number
  readonly absoluteTtl: number
  /** Members of `sessions` beside issuer, audience and store. */
  readonly sessions: Configuration
  /** Members beside `sessions`. */
  readonly others?: Configuration
}

const day = 86_400
const defaults = { accessTokenTtl: 300, idleTtl: 15 * day, absoluteTtl: 30 * day }

/** The configurations; every case names one. */
export const plans = {
  /** Everything by default. */
  cookie: { ...defaults, delivery: 'cookie', sessions: {} },
  /** For native clients; keys by configuration; access tokens of ended sessions are refused. */
  body: {
    ...defaults,
    delivery: 'body',
    sessions: { delivery: 'body', revocation: 'immediate', keys: [privateKeys.one, privateKeys.two] },
  },
  /** The same after its keys have changed places. */
  rotated: {
    ...defaults,
    delivery: 'body',
    sessions: { delivery: 'body', revocation: 'immediate', keys: [privateKeys.two, privateKeys.one] },
  },
  /** No grace, short lives, no tolerance, access tokens from the cookie alone. */
  strict: {
    accessTokenTtl: 60,
    idleTtl: 600,
    absoluteTtl: 1000,
    delivery: 'cookie',
    sessions: {
      ...{ accessTokenTtl: 60, idleTtl: 600, absoluteTtl: 1000, reuseGrace: 0 },
      ...{ revocation: 'immediate', keys: [privateKeys.alone] },
    },
    others: { tokenFrom: [{ cookie: '__Host-access' }], clockTolerance: 0 },
  },
  /** Browsers may bind sessions to their device. */
  bound: { ...defaults, delivery: 'cookie', sessions: { deviceBound: 'offered' } },
  /** They must, and the access tokens of those that do not are refused. */
  required: { ...defaults, delivery: 'cookie', sessions: { deviceBound: 'required', revocation: 'immediate' } },
} as const satisfies Record<string, SessionPlan>

/** The name of a configuration. */
export type PlanName = keyof typeof plans

/** A plan as a contract server reads it. */
export function configurationOf(plan: SessionPlan, store: string): Configuration {
  const secret = Buffer.from(foreign.key.key as Uint8Array).toString('base64url')
  return {
    issuers: [{ issuer: foreign.issuer, audience, secret }],
    trustedOrigins: [trustedOrigin],
    sessions: { ...app, store, ...plan.sessions },
    clock: 'manual',
    ...plan.others,
  }
}
