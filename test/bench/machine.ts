import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { loadTool } from './load.js'

/** Where and with what the figures were taken. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memory: string
  readonly system: string
  readonly node: string
  readonly load: string
  readonly versions: Readonly<Record<string, string>>
}

const named = [
  'jose',
  'lru-cache',
  'fast-jwt',
  'jsonwebtoken',
  'aws-jwt-verify',
  'fastify',
  '@fastify/jwt',
  'fastify-jwt-jwks',
  'express',
  'express-jwt',
  'express-oauth2-jwt-bearer',
  'hono',
  '@hono/node-server',
]

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${platform()} ${release().split('.', 2).join('.')} ${arch()}`,
    node: process.version,
    load: loadTool,
    versions: Object.fromEntries(named.map((name) => [name, versionOf(name)])),
  }
}

/** What else the machine is busy with: the load average of the last minute. */
export function busyness(): number {
  return loadavg()[0] ?? 0
}

/** Read from its package.json, which is not among every package's exports. */
function versionOf(name: string): string {
  let folder = dirname(createRequire(import.meta.url).resolve(name))
  for (;;) {
    const { name: found, version } = readPackage(join(folder, 'package.json'))
    if (found === name && version !== undefined) return version
    if (folder === dirname(folder)) return 'unknown'
    folder = dirname(folder)
  }
}

function readPackage(path: string): { readonly name?: string; readonly version?: string } {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return {}
  }
}
