import type { Surroundings } from './surroundings.js'

/** What a command prints, and its exit code. */
export interface CommandResult {
  /** The text for standard output, which another program may read. */
  readonly output: string
  /** The text for standard error, for people. */
  readonly advice: string
  /** 0: good. 1: the command has found something wrong. 2: the command line is wrong. */
  readonly exitCode: 0 | 1 | 2
}

/** Runs a command; undefined if the arguments do not have its form. */
export type Command = (args: readonly string[], surroundings: Surroundings) => Promise<CommandResult | undefined>
