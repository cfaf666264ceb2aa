import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dependenciesOf, installConsumer, mustRun, packAll, run, tokenOf } from './tarballs.js'
import { root } from './workspace.js'

// The workspace has Nest 12. The package takes Nest 11 too, so an app outside the workspace installs it with that.
const nest = ['common', 'core', 'platform-express', 'platform-fastify', 'platform-ws', 'swagger', 'websockets']
const newest = Object.fromEntries(nest.map((name) => [`@nestjs/${name}`, '^11.0.0']))
const others = { rxjs: '^7', ws: '^8', '@types/express': '^5', '@types/ws': '^8' }

// `@nestjs/swagger` is not for 11.0.0. An older platform has a Fastify that `@latchkey/fastify` refuses.
const oldest = { '@nestjs/common': '11.0.1', '@nestjs/core': '11.0.1', '@nestjs/platform-fastify': '11.1.18' }
const apps = [
  { name: 'newest', replaced: {} },
  { name: 'oldest', replaced: oldest },
]

let folder: string
let dependencies: Record<string, string>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-nest-'))
  const names = ['core', 'session', 'express', 'fastify', 'nest'].map((name) => `@latchkey/${name}`)
  dependencies = { ...(await dependenciesOf(await packAll(folder, names))), ...others, ...newest }
})

afterAll(() => rm(folder, { recursive: true, force: true }))

const title = 'an app on the $name Nest 11 is guarded on both platforms'
test.for(apps)(title, { timeout: 120_000 }, async ({ name, replaced }, context) => {
  const app = join(folder, name)
  const offline = await installConsumer(app, 'nest', { ...dependencies, ...replaced })
  context.skip(offline !== undefined, offline)
  const { resolve } = createRequire(join(app, 'node_modules/@latchkey/nest/package.json'))
  expect(JSON.parse(await readFile(resolve('@nestjs/core/package.json'), 'utf8')).version).toMatch(/^11\./)
  const { code, output } = await run(join(root, 'node_modules/.bin/tsc'), ['-p', '.'], app)
  expect(code, output).toBe(0)
  const secret = randomBytes(32).toString('base64url')
  for (const file of ['out/nest.mjs', 'out/nest.cjs']) {
    const seen: unknown = JSON.parse(await mustRun('node', [file, secret, tokenOf(secret)], app))
    expect(seen, file).toEqual({ express: { answers, document }, fastify: { answers, document } })
  }
})

const answers = {
  required: ['401 token_missing', '200 u1'],
  optional: ['200 nobody', '200 u1'],
  scope: '403 scope_insufficient',
  otherOrigin: '403 origin_rejected',
  sameOrigin: '201',
  checks: '200 1',
  metadata: '200 https://api.example',
  gateway: ['Unexpected server response: 401', 'u1'],
}

const document = {
  '/me': [[{ bearer: [] }], '200', '400', '401'],
  '/greeting': [[{}, { bearer: [] }], '200', '400', '401'],
  '/posts': [[{ bearer: [] }], '201', '400', '401', '403'],
  '/form': [[{}, { bearer: [] }], '201', '400', '401', '403'],
  '/checked': [[{ bearer: [] }], '200', '400', '401', '403'],
}
