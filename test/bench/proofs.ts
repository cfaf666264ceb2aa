import { createHash, randomUUID, sign as signWith, verify as verifyWith } from 'node:crypto'
import { createDpop, createVerifier } from '@latchkey/core'
import { createRequirement, type RequestView } from '@latchkey/core/adapter'
import { type Candidate, interleave } from './measure.js'
import { type Section, timed } from './section.js'
import { audience, type BenchKey, createBenchKey, issuer, parametersOf, signBenchToken } from './tokens.js'

/** Most proofs that a batch takes: each is good once. */
const pool = 150

const url = 'https://api.example/'

/** A remembered token with its proof (DPoP, ES256): against the bare check of one signature; and proofs that are bad. */
export async function proofs(rounds: number): Promise<Section[]> {
  const key = createBenchKey('ES256')
  const client = createBenchKey('ES256')
  const stranger = createBenchKey('ES256')
  const token = signBenchToken(key, { cnf: { jkt: thumbprintOf(client) } })
  const { authenticate } = createVerifier({ issuer, audience, jwks: { keys: [key.jwk] }, dpop: createDpop() })
  const requirement = createRequirement(true, {})

  function asking(name: string, prove: () => string, expected: boolean): Candidate {
    let views: RequestView[] = []
    return {
      name,
      prepare: (calls) => {
        views = Array.from({ length: calls }, () => viewOf(token, prove()))
      },
      run: () => {
        for (const view of views) {
          const decision = authenticate(view, requirement)
          if (decision instanceof Promise || decision.allow !== expected) throw new Error(`${name} is not as expected.`)
        }
      },
    }
  }

  const candidates = [
    bare(client, () => proofOf(client, token)),
    asking('latchkey', () => proofOf(client, token), true),
    asking('signature bad', () => spoilt(proofOf(client, token)), false),
    asking('of another request', () => proofOf(client, token, { htm: 'DELETE' }), false),
    asking('of another key', () => proofOf(stranger, token), false),
    asking('no JWS', () => 'A'.repeat(800), false),
  ]
  const series = await interleave(candidates, { rounds, most: pool })
  const title = 'DPoP: a remembered token with a proof (ES256)'
  return [timed('proofs', title, series, 'node:crypto', 'node:crypto: the signature check alone, key and bytes ready.')]
}

function bare(client: BenchKey, prove: () => string): Candidate {
  let checks: (() => boolean)[] = []
  const key = { key: client.publicKey, ...parametersOf('ES256') }
  return {
    name: 'node:crypto',
    prepare: (calls) => {
      checks = Array.from({ length: calls }, () => {
        const proof = prove()
        const dot = proof.lastIndexOf('.')
        const data = Buffer.from(proof.slice(0, dot))
        const signature = Buffer.from(proof.slice(dot + 1), 'base64url')
        return () => verifyWith('sha256', data, key, signature)
      })
    },
    run: () => {
      for (const check of checks) if (!check()) throw new Error('The signature is good.')
    },
  }
}

function viewOf(token: string, proof: string): RequestView {
  const fields = new Map([
    ['authorization', fresh(`DPoP ${token}`)],
    ['dpop', fresh(proof)],
  ])
  return { method: 'GET', header: (name) => fields.get(name), url: () => url }
}

/** As a server gets it: a string that V8 has not hashed. */
function fresh(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

/** A proof as RFC 9449 §4.2 has it. */
function proofOf(client: BenchKey, token: string, claims: object = {}): string {
  const { kty, crv, x, y } = client.jwk
  const ath = createHash('sha256').update(token).digest('base64url')
  const iat = Math.floor(Date.now() / 1000)
  const input = [
    { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } },
    { jti: randomUUID(), htm: 'GET', htu: url, iat, ath, ...claims },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const signature = signWith('sha256', Buffer.from(input), { key: client.privateKey, ...parametersOf('ES256') })
  return `${input}.${signature.toString('base64url')}`
}

/** The same with another signature, well-formed. */
function spoilt(proof: string): string {
  const at = proof.length - 40
  return `${proof.slice(0, at)}${proof[at] === 'A' ? 'B' : 'A'}${proof.slice(at + 1)}`
}

/** RFC 7638. */
function thumbprintOf({ jwk: { crv, kty, x, y } }: BenchKey): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
}
