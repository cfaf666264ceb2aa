import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { audience, issuer, type Peer } from './peer.js'

const program = fileURLToPath(new URL('pyjwt.py', import.meta.url))
const run = promisify(execFile)

/** PyJWT, with the packages it needs for public keys; undefined where no Python here has them. */
export const pyJwtPeer: Peer | undefined = find()

/** What to install where it is missing. */
export const pyJwtMissing = 'PyJWT is not installed (Debian: python3-jwt and python3-cryptography)'

function find(): Peer | undefined {
  // Debian's own Python holds Debian's packages, another one may come first in the path.
  const python = ['python3', '/usr/bin/python3'].find(
    (each) => spawnSync(each, ['-c', 'import jwt, cryptography']).status === 0,
  )
  if (python === undefined) return undefined
  return {
    sign: async (claims, { alg, kid, signing }) =>
      ask(python, { do: 'sign', claims, alg, key: signing, header: { kid } }),
    verify: async (token, { alg, verifying }) =>
      ask(python, { do: 'verify', token, alg, key: verifying, issuer, audience }),
  }
}

async function ask<Outcome>(python: string, task: object): Promise<Outcome> {
  const running = run(python, [program])
  running.child.stdin?.end(JSON.stringify(task))
  const { stdout } = await running
  return JSON.parse(stdout) as Outcome
}
