import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { workspace } from '../workspace.js'

/** A separate workspace with a package for each runtime, which is fetched on first use. */
const programs = join(workspace, 'test/runtimes/programs/')

/** The lock file. It holds the id of the process that is fetching. */
const lock = `${programs}.fetching`

const nodeProgram = `node_modules/node-${process.platform}-${process.arch}/bin/node`

/** The path of the program in each runtime's package. */
const files = {
  node22: nodeProgram,
  node24: nodeProgram,
  node26: nodeProgram,
  bun: 'node_modules/bun/bin/bun.exe',
  deno: 'node_modules/deno/deno',
  workerd: 'node_modules/workerd/bin/workerd',
} as const

/** The name of a runtime that has a package. */
export type Runtime = keyof typeof files

/** The names of all runtimes except the current one. */
export const runtimes: readonly string[] = Object.keys(files)

/** Tells whether a runtime of that name has a package. */
export function isRuntime(name: string): name is Runtime {
  return Object.hasOwn(files, name)
}

/** The path of a runtime's program. Fetches it if it is missing, in one process at a time. */
export async function programOf(runtime: Runtime): Promise<string> {
  // The program itself does not tell: until its install script has run, a file that only complains lies in its place.
  const fetched = `${programs}${runtime}/node_modules/.fetched`
  while (!existsSync(fetched)) {
    if (!isFetching() && tryLock()) {
      try {
        fetchProgram(runtime)
        writeFileSync(fetched, '')
      } finally {
        rmSync(lock)
      }
    } else await setTimeout(200)
  }
  return `${programs}${runtime}/${files[runtime]}`
}

function fetchProgram(runtime: Runtime): void {
  const args = ['-y', 'pnpm@10', 'install', '--frozen-lockfile', '--filter', `latchkey-${runtime}`]
  const { status, stdout } = spawnSync('npx', args, { cwd: programs, encoding: 'utf8', timeout: 120_000 })
  if (status !== 0) throw new Error(`${runtime} cannot be fetched: ${stdout.trim()}`)
}

/** Tells whether the process that holds the lock still runs. Removes the lock of one that does not. */
function isFetching(): boolean {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0)
    return true
  } catch {
    rmSync(lock, { force: true })
    return false
  }
}

function tryLock(): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    return false
  }
}

/**
 * Runs a script in another runtime on behalf of this process: passes on its output, the signals sent here, and its exit status.
 */
export async function runIn(name: string, args: readonly string[]): Promise<void> {
  if (!isRuntime(name)) throw new Error(`CONTRACT_RUNTIME is one of node, ${runtimes.join(', ')}.`)
  const flags = name === 'deno' ? ['run', '--allow-all', '--no-lock', '--node-modules-dir=manual'] : []
  const { CONTRACT_RUNTIME: _, ...env } = process.env
  const child = spawn(await programOf(name), [...flags, ...args], { env, stdio: 'inherit' })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => child.kill(signal))
  child.once('exit', (code) => process.exit(code ?? 1))
}
