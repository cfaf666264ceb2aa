import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { workspace } from '../workspace.js'
import { type Sized, withSizes } from './install-table.js'
import { mustRun, packAll } from './tarballs.js'

// Installs what an app that only verifies needs, beside its framework, and counts what that adds. Prints the table, and writes
// it where the guide takes it from. A command of its own: `npx -y pnpm@10 sizes`.

const resultsFile = join(workspace, 'test/packaging/install-sizes.json')
const guide = join(workspace, 'packages/docs/guide/performance.md')

/** What is compared in each framework. An entry of `latchkey` alone is a package of this project. */
const candidates: Readonly<Record<string, readonly (readonly string[])[]>> = {
  fastify: [
    ['@latchkey/core', '@latchkey/fastify'],
    ['@fastify/jwt', 'get-jwks'],
    ['fastify-jwt-jwks'],
    ['jsonwebtoken', 'jwks-rsa'],
  ],
  express: [
    ['@latchkey/core', '@latchkey/express'],
    ['express-jwt', 'jwks-rsa'],
    ['express-oauth2-jwt-bearer'],
    ['passport', 'passport-jwt', 'jwks-rsa'],
    ['jsonwebtoken', 'jwks-rsa'],
  ],
  hono: [['@latchkey/core', '@latchkey/hono'], []],
}

interface Installed {
  /** Number of packages by name and version. */
  readonly packages: number
  readonly bytes: number
  /** The versions of those asked for. */
  readonly versions: ReadonlyMap<string, string>
}

/** Installs packages as an app outside the workspace does, and counts what there is then. */
async function install(names: readonly string[], tarballs: ReadonlyMap<string, string>): Promise<Installed> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-sizes-'))
  const spec = (name: string): string => (tarballs.has(name) ? `file:${tarballs.get(name)}` : 'latest')
  const dependencies = Object.fromEntries(names.map((name) => [name, spec(name)]))
  const overrides = Object.fromEntries([...tarballs.keys()].map((name) => [name, spec(name)]))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies, overrides }))
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']
  await mustRun('npm', ['install', ...flags], folder)
  const files = readdirSync(join(folder, 'node_modules'), { recursive: true, encoding: 'utf8' })
    .filter((file) => !/^\.(?:bin|package-lock\.json)/.test(file))
    .map((file) => join(folder, 'node_modules', file))
  const { packages = {} } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'))
  const versionOf = (name: string): string => packages[`node_modules/${name}`].version
  const installed = {
    packages: Object.keys(packages).filter((path) => path !== '').length,
    bytes: files.map((file) => statSync(file)).reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0),
    versions: new Map(names.map((name) => [name, versionOf(name)])),
  }
  rmSync(folder, { recursive: true })
  return installed
}

const packed = mkdtempSync(join(tmpdir(), 'latchkey-packed-'))
const tarballs = await packAll(packed)
const sizes: Sized[] = []
for (const [framework, all] of Object.entries(candidates)) {
  const bare = await install([framework], tarballs)
  for (const names of all) {
    const { packages, bytes, versions } = await install([framework, ...names], tarballs)
    const own = names.some((name) => tarballs.has(name))
    const what = names.map((name) => (own ? name : `${name} ${versions.get(name)}`)).join(', ')
    sizes.push({
      framework: `${framework} ${versions.get(framework)}`,
      what: what === '' ? 'hono/jwk, of Hono itself' : what,
      own,
      packages: packages - bare.packages,
      kilobytes: Math.round((bytes - bare.bytes) / 1000),
    })
  }
}
rmSync(packed, { recursive: true })
writeFileSync(resultsFile, `${JSON.stringify(sizes, undefined, 2)}\n`)
writeFileSync(guide, withSizes(readFileSync(guide, 'utf8'), sizes))
console.table(sizes)
