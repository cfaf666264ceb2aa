import { type AuthError, createVerifier, type JwkSet, type LiveJwks } from '@latchkey/core'
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose'
import { issuers, mainIssuer } from './issuers.js'
import { lenientlyRead } from './lenient.js'

/** What a verifier says of a token: its claims, or why it is refused. */
export type Verdict = { readonly claims: unknown } | { readonly refused: string }

export type Judge = (token: string) => Promise<Verdict>

/** The present, for all of them. */
export const now: number = Math.floor(Date.now() / 1000)

/** Latchkey, by one of its builds. */
export function latchkeyJudge(build: Pick<typeof import('@latchkey/core'), 'createVerifier'>): Judge {
  const { verify } = build.createVerifier({ issuers, clock: () => now, tokenCache: false })
  return async (token) => {
    try {
      return { claims: (await verify(token)).claims }
    } catch (error) {
      // By its members, because another build has a class of its own.
      const { name, code, reason } = error as AuthError
      if (name !== 'AuthError') throw error
      return { refused: code === reason ? code : `${code}: ${reason}` }
    }
  }
}

/** Node's build, as this process gets it. */
export const onNode: Judge = latchkeyJudge({ createVerifier })

/** jose itself, told of every issuer what Latchkey is told of it. */
export const joseJudge: Judge = async (token) => {
  const claimed = lenientlyRead(token).claims?.['iss']
  let refused = 'no key'
  for (const verify of joseVerifiers.get(claimed as string) ?? joseVerifiers.get(mainIssuer) ?? []) {
    try {
      return { claims: await verify(token) }
    } catch (error) {
      // Not only its own errors: for a key that is too short, say, it throws a TypeError.
      refused = error instanceof Error ? error.message : String(error)
    }
  }
  return { refused }
}

type JoseVerify = (token: string) => Promise<JWTPayload>

const asymmetric = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ')

/** Several where there are several secrets, of which jose takes one at a time. */
const joseVerifiers = new Map<string, readonly JoseVerify[]>(
  issuers.map(({ issuer, audience, algorithms, jwks, secret, tokenType }) => {
    const options: JWTVerifyOptions = {
      issuer,
      ...(audience === null ? {} : { audience: audience as string | string[] }),
      ...(tokenType === undefined ? {} : { typ: tokenType }),
      algorithms: [...(algorithms ?? asymmetric)],
      requiredClaims: ['exp'],
      clockTolerance: 10,
      currentDate: new Date(now * 1000),
    }
    if (secret !== undefined) {
      const list = (Array.isArray(secret) ? secret : [secret]) as Uint8Array[]
      const shortest = Math.min(...list.map(({ length }) => length))
      const covered = [256, 384, 512].filter((bits) => bits / 8 <= shortest).map((bits) => `HS${bits}`)
      return [
        issuer,
        list.map(
          (each): JoseVerify =>
            async (token) => {
              return (await jwtVerify(token, each, { ...options, algorithms: covered })).payload
            },
        ),
      ]
    }
    const keys = createLocalJWKSet(currentOf(jwks) as JSONWebKeySet)
    return [issuer, [async (token) => (await jwtVerify(token, keys, options)).payload]]
  }),
)

function currentOf(jwks: JwkSet | LiveJwks | undefined): JwkSet {
  if (jwks === undefined) throw new Error('Every issuer here has keys or a secret.')
  return 'current' in jwks ? jwks.current() : jwks
}
