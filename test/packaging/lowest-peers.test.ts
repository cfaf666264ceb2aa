import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dependenciesOf, installConsumer, mustRun, packAll, run } from './tarballs.js'
import { publishable, root } from './workspace.js'

// Nest has a test of its own. What the others ask for, they claim to work with from its lowest version on.
const names = ['core', 'session', 'fastify', 'express', 'hono', 'redis', 'postgres'].map((name) => `@latchkey/${name}`)
const clients = { '@types/pg': '^8' }

let folder: string
let tarballs: Map<string, string>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-lowest-'))
  tarballs = await packAll(folder, names)
}, 180_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

/** The lowest version of each alternative of a range, such as 4.17.0 and 5.0.0 of `^4.17.0 || ^5.0.0`. */
function lowestOf(range: string): string[] {
  return range.split(' || ').map((alternative) => {
    const [, version] = /^\^(\d+\.\d+\.\d+)$/.exec(alternative) ?? []
    if (version === undefined) throw new Error(`The range ${range} is of another form than this test reads.`)
    return version
  })
}

/** The peers of all packages, at the lowest version of one alternative; where a range has fewer, of its last. */
async function peersAt(alternative: number): Promise<Record<string, string>> {
  const packages = (await publishable()).filter(({ name }) => tarballs.has(name))
  const ranges = packages.flatMap(({ peerDependencies }) => Object.entries(peerDependencies))
  return Object.fromEntries(
    ranges.map(([name, range]) => {
      const versions = lowestOf(range)
      return [name, versions[alternative] ?? versions.at(-1) ?? '']
    }),
  )
}

test.for([
  ['first', 0],
  ['last', 1],
] as const)('the lowest versions of the %s ranges are enough', { timeout: 180_000 }, async ([name, at], context) => {
  const app = join(folder, name)
  const peers = await peersAt(at)
  const dependencies = { ...(await dependenciesOf(tarballs)), ...clients, ...peers }
  const offline = await installConsumer(app, 'sessions', dependencies)
  context.skip(offline !== undefined, offline)
  for (const [peer, version] of Object.entries(peers)) {
    const manifest = JSON.parse(await readFile(join(app, 'node_modules', peer, 'package.json'), 'utf8'))
    expect([peer, manifest.version]).toEqual([peer, version])
  }
  const { code, output } = await run(join(root, 'node_modules/.bin/tsc'), ['-p', '.', '--skipLibCheck'], app)
  expect(code, output).toBe(0)
  for (const file of ['out/sessions.mjs', 'out/sessions.cjs']) {
    const seen: unknown = JSON.parse(await mustRun('node', [file], app))
    const answer = [200, 200, 401, ...cookies]
    const answers = { fastify: answer, express: answer, hono: answer }
    expect(seen, file).toEqual({ stores: ['ioredis', 'redis', 'pg'], answers })
  }
})

const cookies = [
  '__Host-access; Max-Age=300; Path=/; HttpOnly; Secure; SameSite=Lax',
  '__Host-refresh; Max-Age=1296000; Path=/; HttpOnly; Secure; SameSite=Strict',
]
