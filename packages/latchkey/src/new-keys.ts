import { parseArgs } from 'node:util'
import { type Algorithm, ConfigError } from '@latchkey/core'
import { createPrivateJwk } from '@latchkey/session'
import type { Command } from './command.js'

const advice = `The first line is the private key. Whoever has it can sign in as anybody. Put it where you keep your secrets (a secret manager,
an environment variable of the server) and nowhere else: not into the repository, an image, a client bundle, a log or a chat.
The second line is the public key. You may show it to everybody.`

/** What `--alg` may be, in words. */
export const algorithmsInWords = 'ES256, ES384, ES512, EdDSA, Ed25519, RS256 to RS512 or PS256 to PS512'

const algorithmAdvice = `latchkey: --alg must be ${algorithmsInWords}.
HS256 and the like need a secret and no key. Make one with: openssl rand -base64 48`

/** `latchkey keys new`: makes a new signing key. */
export const newKeys: Command = async (args) => {
  const alg = readAlgorithm(args)
  if (alg === undefined) return undefined
  try {
    const { privateJwk, publicJwk } = await createPrivateJwk(alg as Algorithm)
    return { output: `${JSON.stringify(privateJwk)}\n${JSON.stringify(publicJwk)}`, advice, exitCode: 0 }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { output: '', advice: algorithmAdvice, exitCode: 2 }
  }
}

function readAlgorithm(args: readonly string[]): string | undefined {
  try {
    const options = { alg: { type: 'string', default: 'ES256' } } as const
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    return positionals.join(' ') === 'new' ? values.alg : undefined
  } catch {
    // parseArgs throws only for arguments that do not have this form.
    return undefined
  }
}
