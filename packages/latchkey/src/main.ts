#!/usr/bin/env node
import { text } from 'node:stream/consumers'
import { runCommand } from './run-command.js'

const { output, advice, exitCode } = await runCommand(process.argv.slice(2), {
  readInput: () => {
    if (process.stdin.isTTY) process.stderr.write('Paste the token, then press Enter and Ctrl-D:\n')
    return text(process.stdin)
  },
  isTerminal: process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined,
  now: () => Date.now() / 1000,
})
if (output !== '') process.stdout.write(`${output}\n`)
if (advice !== '') process.stderr.write(`${advice}\n`)
process.exitCode = exitCode
