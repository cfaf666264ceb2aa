export type { CommandResult } from './command.js'
export { runCommand } from './run-command.js'
export type { Surroundings } from './surroundings.js'
