import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { runtimes } from '../contract/runtime.js'
import { root } from './workspace.js'

// A workflow does not run before it is merged, so these tests check what can be checked without running it.

type Permissions = Readonly<Record<string, string>>

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, string>>
}

interface Job {
  readonly permissions?: Permissions
  readonly 'timeout-minutes'?: number
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly (string | number)[]>> }
  readonly steps: readonly Step[]
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions?: Permissions
  readonly jobs: Readonly<Record<string, Job>>
}

const folder = join(root, '.github/workflows')
const names = (await readdir(folder)).sort()
const texts = new Map<string, string>()
for (const name of names) texts.set(name, await readFile(join(folder, name), 'utf8'))
const ciRun = await readFile(join(root, '.ci/run'), 'utf8')
const { scripts }: { scripts: Readonly<Record<string, string>> } = JSON.parse(
  await readFile(join(root, 'package.json'), 'utf8'),
)

function read(name: string): Workflow {
  return parse(texts.get(name) ?? '')
}

function jobOf(workflow: string, name: string): Job {
  const job = read(workflow).jobs[name]
  if (job === undefined) throw new Error(`${workflow} has no job ${name}`)
  return job
}

/** The scripts that a text runs with pnpm, without pnpm's own commands. */
function scriptsIn(text: string): string[] {
  const own = ['install', 'exec']
  const words = [...text.matchAll(/\bpnpm(?:@10)? (?:run )?([a-z][\w:-]*)/g)].flatMap(([, word]) => word ?? [])
  return words.filter((word) => !own.includes(word))
}

describe.each(names)('%s', (name) => {
  const text = texts.get(name) ?? ''
  const jobs = Object.entries(read(name).jobs)

  test('pins each action by its major version at least, or by a digest with the version beside it', () => {
    const uses = text.split('\n').flatMap((line) => /^ *(?:- )?uses: (.*)$/.exec(line)?.[1] ?? [])
    expect(uses).toHaveLength(jobs.flatMap(([, { steps }]) => steps.filter((step) => 'uses' in step)).length)
    expect(
      uses.filter((each) => !/^[\w.-]+(?:\/[\w.-]+)+@(?:v\d+(?:\.\d+)*|[0-9a-f]{40} # v\d\S*)$/.test(each)),
    ).toEqual([])
  })

  test('runs scripts that there are', async () => {
    const commands = jobs.flatMap(([, { steps }]) =>
      steps.flatMap(({ run, with: given = {} }) => [run, ...Object.values(given)]),
    )
    const called = scriptsIn(commands.filter((each) => typeof each === 'string').join('\n'))
    expect(called.filter((script) => !(script in scripts))).toEqual([])
  })

  test('gives up on a job that hangs, and hands none more secrets than the token of its run', () => {
    expect(jobs.filter(([, job]) => job['timeout-minutes'] === undefined).map(([job]) => job)).toEqual([])
    const secrets = [...text.matchAll(/secrets\.(\w+)/g)].map(([, secret]) => secret)
    expect(secrets.filter((secret) => secret !== 'GITHUB_TOKEN')).toEqual([])
    // `pull_request_target` would give the repository's rights to anybody who opens a pull request.
    expect(text).not.toContain('pull_request_target')
  })
})

test('no workflow may write but where a job says what for', () => {
  for (const name of names) {
    const levels = Object.values(read(name).permissions ?? { absent: 'write' })
    expect([name, levels.filter((level) => level !== 'read')]).toEqual([name, []])
  }
  const writing = names.flatMap((name) =>
    Object.entries(read(name).jobs).flatMap(([job, { permissions = {} }]) =>
      Object.keys(permissions).flatMap((area) => (permissions[area] === 'write' ? `${name} ${job}: ${area}` : [])),
    ),
  )
  expect(writing).toEqual([
    'code-scanning.yml codeql: security-events',
    'release.yml release: contents',
    'release.yml release: pull-requests',
    'release.yml release: id-token',
    'release.yml release: attestations',
  ])
})

test('a release comes of main alone, with provenance and a bill of materials', () => {
  expect(read('release.yml').on).toEqual({ push: { branches: ['main'] } })
  const { permissions, steps } = jobOf('release.yml', 'release')
  expect(permissions).toMatchObject({ 'id-token': 'write', attestations: 'write' })
  const actions = steps.flatMap(({ uses }) => uses?.split('@')[0] ?? [])
  expect(actions.slice(-3)).toEqual(['changesets/action', 'anchore/sbom-action', 'actions/attest-sbom'])
  const [publishing, listing, attesting] = steps.slice(-3)
  expect(publishing?.env).toMatchObject({ NPM_CONFIG_PROVENANCE: 'true' })
  expect(attesting?.with?.['sbom-path']).toBe(listing?.with?.['output-file'])
})

test('what is tried before a merge is what the README says that it runs on', async () => {
  expect(jobOf('checks.yml', 'runtimes').strategy?.matrix).toEqual({ runtime: [...runtimes, 'examples'] })
  const versions = runtimes.flatMap((runtime) => /^node(\d+)$/.exec(runtime)?.[1] ?? []).map(Number)
  expect(jobOf('checks.yml', 'unit').strategy?.matrix).toEqual({ node: versions })
  expect(
    jobOf('checks.yml', 'everything')
      .steps.map(({ run }) => run)
      .join(),
  ).toContain('.ci/run')
})

test('.ci/run can be run, and runs scripts that there are', async () => {
  expect((await stat(join(root, '.ci/run'))).mode & 0o111).toBe(0o111)
  expect(scriptsIn(ciRun).length).toBeGreaterThan(4)
  expect(scriptsIn(ciRun).filter((script) => !(script in scripts))).toEqual([])
})
