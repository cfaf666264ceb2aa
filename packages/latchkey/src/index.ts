export { type CommandResult, runCommand } from './run-command.js'
export type { Surroundings } from './surroundings.js'
