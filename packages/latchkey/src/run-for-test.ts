import type { CommandResult } from './command.js'
import { runCommand } from './run-command.js'
import type { Surroundings } from './surroundings.js'

/** Runs a command with that text on standard input. Its output is not a terminal, unless `more` says so. */
export function run(args: readonly string[], input = '', more: Partial<Surroundings> = {}): Promise<CommandResult> {
  return runCommand(args, {
    readInput: async () => input,
    isTerminal: false,
    now: () => Date.now() / 1000,
    ...more,
  })
}
