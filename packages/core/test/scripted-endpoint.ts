import type { AuthError } from '../src/auth-error.js'
import type { CoreEvent } from '../src/events.js'
import type { Algorithm } from '../src/keys/algorithms.js'
import { getWithFetch } from '../src/keys/get-with-fetch.js'
import type { Jwk } from '../src/keys/jwk.js'
import type { KeySet } from '../src/keys/key-set.js'
import { createRemoteKeySet, type RemoteKeySetOptions } from '../src/keys/remote-key-set.js'
import type { VerificationKey } from '../src/keys/verification-key.js'
import { type MaybePromise, whenReady } from '../src/maybe-promise.js'

// For unit tests: a key endpoint behind an injected `fetch`, with a clock and a random source that the test moves.

const points = [
  ['IaawhOb7_gnnKEZGj9y80r0xMXTBnzMZK7USSbcDqS0', '3xfAM1KcRmptbCOIQ5ogc1WAYuH33wCWxovqlWQHmDQ'],
  ['g64h20Wa63gtWCfS94-_ixepIryhwZD1gLG26ms1zZM', '_PSLvoB-CUt9trspBPUyDS9EeBbT_WP3D4zeA-SSD2c'],
  ['oA0GtQgZYvZBkzu7dprsnBckqa16OXcEeSVsxYhbkkI', 'Vvt49MdnLaMtRBJGmlL29-Oz3_cM-oQGVycZul_cQj0'],
  ['M-s8Bu_EKnRywJIE_f3RwkwAT1zBozrs1caTwT_y1e8', 'X6vmwCwjDgS0iu1VAS7XjDTkZ9i4qashV9-5naZ1amI'],
  ['RKHNAaeTCDDghhonlM6JJDaEcbwlU1l3zcF1peMVREI', 'zX4vezNC-NY4pKVhqNWzM0_lz3H-ji0xhmpz6TTWslU'],
] as const

const modulus =
  'sULcS5JAdox3rYmu5FbJxaExzflX1ChwjnnDWhGDeUbtyLgzHWSVGUNO2kt4LRsBwl6gRfW6bPpscjByCKyKwDv9txaD_zVkzIPa' +
  'aLmR43dyP1uaPvcPf99oVQBalg-A6vAi8HSqr98I1mpXtaTTbhwZjJ0WX7u6aQa7DYV_X1G6BqdC3CW8aJBPj_C-2HscLdNL_xxg' +
  'yC6sfKd2sk0WOzvoAQk_Hi24qbIYHDgduZj1zEh_kmIeXxKeJSfTiA_8_yeCH8CMHNimkVpuVbnGJ4s1P1V64Y5l-PUja8U6TaBX' +
  'TyNO4SBUObUTJZ0_IETi49a1zpAbjVfM6mNg8r-_Cw'

export const issuer: string = 'https://id.example'
export const jwksUri: string = 'https://id.example/jwks'
/** A moment that every sum of quarters is exact at. */
export const start: number = 1_800_000_000

/** A public P-256 key; `index` chooses one of five. */
export function ecKey(kid: string | undefined, index = 0, members: Jwk = {}): Jwk {
  const [x, y] = points[index % points.length] ?? points[0]
  return { kty: 'EC', crv: 'P-256', x, y, ...(kid === undefined ? {} : { kid }), ...members }
}

/** A public RSA key of 2048 bits. */
export function rsaKey(kid: string | undefined, members: Jwk = {}): Jwk {
  return { kty: 'RSA', n: modulus, e: 'AQAB', ...(kid === undefined ? {} : { kid }), ...members }
}

export function keysResponse(keys: readonly unknown[], headers: Record<string, string> = {}): Response {
  return Response.json({ keys }, { headers })
}

type Answer = Response | Promise<Response>

/** What the endpoint saw and said, and the key set that asked it. */
export class ScriptedEndpoint {
  now: number = start
  random = 0.5
  /** Answers the next requests; replaced by tests. */
  respond: (url: string, init: RequestInit) => Answer = () => keysResponse([ecKey('a')])
  readonly urls: string[] = []
  readonly events: CoreEvent[] = []

  get requests(): number {
    return this.urls.length
  }

  readonly fetch: typeof fetch = async (input, init) => {
    this.urls.push(String(input))
    return this.respond(String(input), init ?? {})
  }

  keySet(options: Partial<RemoteKeySetOptions> = {}): KeySet {
    const keySet = createRemoteKeySet({
      issuer,
      place: [jwksUri],
      clock: () => this.now,
      get: getWithFetch(this.fetch),
      random: () => this.random,
      emit: (event) => this.events.push(event),
      ...options,
    })
    keySet.start()
    return keySet
  }

  /** Publishes these keys from now on. */
  publish(keys: readonly unknown[], headers: Record<string, string> = {}): void {
    this.respond = () => keysResponse(keys, headers)
  }

  /** Answers with this status from now on. */
  fail(status = 503, headers: Record<string, string> = {}): void {
    this.respond = () => new Response('down', { status, headers })
  }

  /** Holds the next answers back until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = withResolvers()
    const { respond } = this
    this.respond = async (url, init) => {
      await promise
      return respond(url, init)
    }
    return () => {
      this.respond = respond
      resolve()
    }
  }

  eventsOf<Type extends CoreEvent['type']>(type: Type): Extract<CoreEvent, { type: Type }>[] {
    return this.events.filter((event): event is Extract<CoreEvent, { type: Type }> => event.type === type)
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

/** Lets what runs in the background come to its end, where only stubs are waited for. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** The first key that a key set finds for a token of this kid and algorithm, or why it finds none. */
export function findKey(
  keySet: Pick<KeySet, 'find'>,
  kid: string | undefined,
  alg: Algorithm,
  claims: { readonly [claim: string]: unknown } = {},
): MaybePromise<VerificationKey | AuthError> {
  return whenReady(keySet.find({ issuer, kid, alg, claims }), (found) => {
    if (!Array.isArray(found)) return found as AuthError
    const [key]: readonly VerificationKey[] = found
    if (key === undefined) throw new Error('The key set gave an empty list.')
    return key
  })
}
