import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { programOf, type Runtime } from '../contract/runtime.js'
import { workspace } from '../workspace.js'

/** A workspace apart, whose packages are fetched when one of them is first asked for. */
const folder = join(workspace, 'examples/fetch/')

/** How an example of `@latchkey/fetch` is made ready and started, by the program of the framework itself. */
export interface Example {
  readonly name: string
  /** What runs it, in words. */
  readonly title: string
  /** The package whose version counts; the runtime itself where there is none. */
  readonly framework: string | undefined
  readonly runtime: Runtime
  readonly build?: readonly string[]
  /** Generates the types of its routes, if the build does not. */
  readonly types?: readonly string[]
  readonly start: (port: number) => readonly string[]
  /** Whether it has `/account`, a page rendered on the server. */
  readonly hasPage: boolean
}

const module = (path: string): string => `node_modules/${path}`

export const examples: readonly Example[] = [
  { name: 'bun', title: 'Bun', framework: undefined, runtime: 'bun', start: () => ['server.ts'], hasPage: false },
  {
    name: 'deno',
    title: 'Deno',
    framework: undefined,
    runtime: 'deno',
    start: () => ['run', '--allow-net', '--allow-env', '--allow-read', '--node-modules-dir=manual', 'server.ts'],
    hasPage: false,
  },
  {
    name: 'worker',
    title: 'workerd, by wrangler',
    framework: 'wrangler',
    runtime: 'node24',
    start: (port) => [module('wrangler/wrangler-dist/cli.js'), 'dev', '--ip', '127.0.0.1', '--port', String(port)],
    hasPage: false,
  },
  {
    name: 'next',
    title: 'Next',
    framework: 'next',
    runtime: 'node24',
    build: [module('next/dist/bin/next'), 'build'],
    start: () => [module('next/dist/bin/next'), 'start'],
    hasPage: true,
  },
  {
    name: 'sveltekit',
    title: 'SvelteKit',
    framework: '@sveltejs/kit',
    runtime: 'node24',
    build: [module('vite/bin/vite.js'), 'build'],
    start: () => ['build'],
    hasPage: true,
  },
  {
    name: 'react-router',
    title: 'React Router',
    framework: 'react-router',
    runtime: 'node24',
    build: [module('@react-router/dev/bin.cjs'), 'build'],
    types: [module('@react-router/dev/bin.cjs'), 'typegen'],
    start: () => [module('@react-router/serve/bin.cjs'), 'build/server/index.js'],
    hasPage: true,
  },
]

/** The folder of an example, with its dependencies in place. */
export function folderOf({ name }: Example): string {
  const own = join(folder, name)
  if (!existsSync(`${own}/node_modules`)) {
    execFileSync('npx', ['-y', 'pnpm@10', 'install', '--frozen-lockfile'], { cwd: folder, stdio: 'inherit' })
  }
  return own
}

/** The version of its framework, or of the runtime where that is all there is. */
export async function versionOf(example: Example): Promise<string> {
  const { framework, runtime } = example
  if (framework === undefined) return runtimeVersion(runtime)
  const manifest = `${folderOf(example)}/node_modules/${framework}/package.json`
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, 'utf8'))
  return version
}

/** What a runtime says of itself, without its name. */
export async function runtimeVersion(runtime: Runtime): Promise<string> {
  const said = execFileSync(await programOf(runtime), ['--version'], { encoding: 'utf8' })
  return /\d[\d.-]*\d/.exec(said)?.[0] ?? said.trim()
}
