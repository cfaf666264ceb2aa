export { type CommandResult, runCommand } from './run-command.js'
