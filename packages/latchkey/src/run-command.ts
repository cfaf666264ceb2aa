import type { Command, CommandResult } from './command.js'
import { doctor } from './doctor.js'
import { explain } from './explain.js'
import { algorithmsInWords, newKeys } from './new-keys.js'
import type { Surroundings } from './surroundings.js'

const commands: Readonly<Record<string, Command>> = { keys: newKeys, explain, doctor }

const usage = `Usage:
  latchkey explain [--issuer URL] [--audience NAME]... [--config FILE]
      Reads a token from standard input and says whether it would be refused, and why.
      Sends the token nowhere. With --issuer it fetches the issuer's public keys.
      --config: a JSON file with the options of createVerifier.

  latchkey doctor ISSUER
      Fetches the issuer's metadata and keys as your app would, and says what it found.

  latchkey keys new [--alg ES256]
      Prints a new private JWK and, below it, the public JWK of the same key.
      --alg: ${algorithmsInWords}.`

/**
 * Runs one command of `latchkey`.
 *
 * @param args the arguments after the program's name
 * @param surroundings where input comes from, and how to print
 * @returns what to print, and the exit code
 */
export async function runCommand(args: readonly string[], surroundings: Surroundings): Promise<CommandResult> {
  const [name = '', ...rest] = args
  if (args.includes('--help') || args.includes('-h')) return { output: usage, advice: '', exitCode: 0 }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (name === '') return misused(usage)
  if (command === undefined) return misused(`latchkey: there is no such command.\n\n${usage}`)
  const result = await command(rest, surroundings)
  return result ?? misused(`latchkey: ${name} does not take these words.\n\n${usage}`)
}

/** Answers a wrong command line. It does not repeat the arguments, because one may be a token. */
function misused(advice: string): CommandResult {
  return { output: '', advice, exitCode: 2 }
}
