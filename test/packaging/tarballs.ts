import { type ExecFileException, execFile } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { publishable, root } from './workspace.js'

/** How a program ended, what it wrote to standard output, and what it wrote in all. */
export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly output: string
}

/** Runs a program to its end without a shell; a status other than 0 is an outcome, not an error. */
export function run(program: string, args: readonly string[], cwd: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const options = { cwd, maxBuffer: 16 * 1024 * 1024 }
    execFile(program, args, options, (error: ExecFileException | null, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error)
      else resolve({ code: error === null ? 0 : Number(error.code), stdout, output: stdout + stderr })
    })
  })
}

/** As `run`, for what has to succeed: gives its standard output, and throws with all of it otherwise. */
export async function mustRun(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, output } = await run(program, args, cwd)
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output}`)
  return stdout
}

/** Packs packages as they would be published; gives each one's tarball by package name. Default: every package. */
export async function packAll(destination: string, names?: readonly string[]): Promise<Map<string, string>> {
  const packages = (await publishable()).filter(({ name }) => names?.includes(name) ?? true)
  const filters = packages.flatMap(({ name }) => ['--filter', name])
  await mustRun('npx', ['-y', 'pnpm@10', '-r', ...filters, 'pack', '--pack-destination', destination], root)
  const tarballs = new Map<string, string>()
  for (const { name, folder } of packages) {
    const { version } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'))
    tarballs.set(name, join(destination, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`))
  }
  return tarballs
}

const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED/

/** What an app depends on that has the tarballs, and the frameworks that they ask for. */
export async function dependenciesOf(tarballs: Map<string, string>): Promise<Record<string, string>> {
  const dependencies: Record<string, string> = { '@types/node': '^20' }
  for (const { name, peerDependencies } of await publishable()) {
    if (tarballs.has(name)) Object.assign(dependencies, peerDependencies, { [name]: `file:${tarballs.get(name)}` })
  }
  return dependencies
}

/**
 * Makes an app outside the workspace, from a program of the folder `consumer`, in both module kinds. Gives the reason where the
 * registry cannot be reached, else undefined.
 */
export async function installConsumer(
  folder: string,
  program: string,
  dependencies: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }))
  const consumer = join(root, 'test/packaging/consumer')
  await cp(join(consumer, 'tsconfig.json'), join(folder, 'tsconfig.json'))
  for (const kind of ['mts', 'cts']) await cp(join(consumer, `${program}.mts`), join(folder, `${program}.${kind}`))
  const { code, output } = await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], folder)
  if (code === 0) return undefined
  if (unreachable.test(output)) return 'the npm registry cannot be reached'
  throw new Error(`npm install of the tarballs failed:\n${output}`)
}

/** A good access token, made without any JWT library. */
export function tokenOf(secret: string): string {
  const segment = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = { iss: 'https://id.example', aud: 'https://api.example', sub: 'u1', exp: Date.now() / 1000 + 600 }
  const signed = `${segment({ alg: 'HS256', typ: 'at+jwt' })}.${segment(claims)}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}
