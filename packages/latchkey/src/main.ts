#!/usr/bin/env node
import { runCommand } from './run-command.js'

const { output, advice, exitCode } = await runCommand(process.argv.slice(2))
if (output !== '') process.stdout.write(`${output}\n`)
if (advice !== '') process.stderr.write(`${advice}\n`)
process.exitCode = exitCode
