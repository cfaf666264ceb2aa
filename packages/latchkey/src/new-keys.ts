import { parseArgs } from 'node:util'
import { type Algorithm, ConfigError } from '@latchkey/core'
import { createPrivateJwk } from '@latchkey/session'
import type { Command } from './run-command.js'

const advice = `The first line is the private key: whoever has it can sign anybody in. Put it where your secrets live (a secret manager, an
environment variable of the server) and nowhere else: not in the repository, an image, a client bundle, a log or a chat.
The second line is its public half, which may be shown to everybody.`

/** `latchkey keys new`: makes a new signing key. */
export const newKeys: Command = async (args) => {
  const alg = readAlgorithm(args)
  if (alg === undefined) return undefined
  try {
    const { privateJwk, publicJwk } = await createPrivateJwk(alg as Algorithm)
    return { output: `${JSON.stringify(privateJwk)}\n${JSON.stringify(publicJwk)}`, advice, exitCode: 0 }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { output: '', advice: `latchkey: ${error.message}`, exitCode: 1 }
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
