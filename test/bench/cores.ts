import { availableParallelism } from 'node:os'
import { findProgram } from '../servers/program.js'

const taskset = findProgram('taskset')

/** The command, bound to a processor core where that is possible, so that server and load do not share one. */
export function onCore(core: number, command: readonly string[]): readonly string[] {
  return taskset === undefined || availableParallelism() < 2 ? command : [taskset, '-c', String(core), ...command]
}
