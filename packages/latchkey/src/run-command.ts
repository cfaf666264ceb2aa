import { parseArgs } from 'node:util'
import { type Algorithm, ConfigError } from '@latchkey/core'
import { createPrivateJwk } from '@latchkey/session'

/** What a command prints and how it ends. */
export interface CommandResult {
  /** For standard output: what the next program reads. */
  readonly output: string
  /** For standard error: what a person reads. */
  readonly advice: string
  readonly exitCode: 0 | 1 | 2
}

const usage = `Usage: latchkey keys new [--alg ES256]

Prints a new private JWK and, below it, its public twin.
--alg: ES256 (default), ES384, ES512, EdDSA, Ed25519, RS256 to RS512 or PS256 to PS512.`

const advice = `The first line is the private key: whoever has it can sign anybody in. Put it where your secrets live (a secret manager, an
environment variable of the server) and nowhere else: not in the repository, an image, a client bundle, a log or a chat.
The second line is its public half, which may be shown to everybody.`

/**
 * Runs one command of `latchkey`.
 *
 * @param args the words after the program's name
 * @returns what to print; exit code 2 for a usage that is not one, 1 for an algorithm that has no keys
 */
export async function runCommand(args: readonly string[]): Promise<CommandResult> {
  const command = readCommand(args)
  if (command === undefined) return { output: '', advice: usage, exitCode: 2 }
  if (command.help) return { output: usage, advice: '', exitCode: 0 }
  try {
    const { privateJwk, publicJwk } = await createPrivateJwk(command.alg as Algorithm)
    return { output: `${JSON.stringify(privateJwk)}\n${JSON.stringify(publicJwk)}`, advice, exitCode: 0 }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { output: '', advice: `latchkey: ${error.message}`, exitCode: 1 }
  }
}

function readCommand(args: readonly string[]): { readonly help: boolean; readonly alg: string } | undefined {
  try {
    const options = {
      alg: { type: 'string', default: 'ES256' },
      help: { type: 'boolean', short: 'h', default: false },
    } as const
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    if (!values.help && positionals.join(' ') !== 'keys new') return undefined
    return { help: values.help, alg: values.alg }
  } catch {
    // parseArgs throws for exactly one reason: words that are not of the form described.
    return undefined
  }
}
