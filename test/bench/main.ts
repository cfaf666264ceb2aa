import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { judge } from './budgets.js'
import { chartOf, figure } from './chart.js'
import { groups } from './groups.js'
import { busyness, describeMachine, type Machine } from './machine.js'
import { pageOf } from './page.js'
import type { Section } from './section.js'

// This file runs from test/dist/bench; what it writes stands beside its source.
const folder = new URL('../../bench/', import.meta.url)

/** One group's sections, and how busy the machine was with other things when they were taken. */
interface Taken {
  readonly at: string
  readonly loadBefore: number
  readonly loadAfter: number
  readonly sections: readonly Section[]
}

interface Results {
  readonly machine: Machine
  readonly command: string
  readonly groups: Readonly<Record<string, Taken>>
}

/** Measures the groups named on the command line, or all; a group not named keeps the results that it has. */
async function main(names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => groups[name] === undefined)
  if (unknown !== undefined) throw new Error(`Groups: ${Object.keys(groups).join(', ')}.`)
  const taken: Record<string, Taken> = { ...(names.length === 0 ? {} : (await readResults())?.groups) }
  for (const name of names.length === 0 ? Object.keys(groups) : names) {
    taken[name] = await take(name)
    for (const section of taken[name].sections) print(section)
  }
  const results: Results = { machine: describeMachine(), command: 'npx -y pnpm@10 bench', groups: taken }
  await writeResults(results)
  for (const { met, what, measured, limit } of judge(Object.values(taken).flatMap(({ sections }) => sections))) {
    console.log(`${met ? 'met    ' : 'NOT MET'} ${figure(measured)} (${limit}) ${what}`)
  }
}

/** In a process of its own, with the collector at hand for those that look at the heap. */
async function take(name: string): Promise<Taken> {
  const loadBefore = busyness()
  const child = fork(fileURLToPath(import.meta.url), ['--group', name], { execArgv: ['--expose-gc'] })
  const [sections] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [
    readonly Section[] | number,
  ]
  if (!Array.isArray(sections)) throw new Error(`${name} ended without a result.`)
  return { at: new Date().toISOString(), loadBefore, loadAfter: busyness(), sections }
}

async function takeHere(name: string): Promise<void> {
  const sections = await groups[name]?.()
  process.send?.(sections, () => process.exit())
}

async function readResults(): Promise<Results | undefined> {
  try {
    return JSON.parse(await readFile(new URL('results.json', folder), 'utf8'))
  } catch {
    // None yet.
    return undefined
  }
}

async function writeResults(results: Results): Promise<void> {
  // Anew, so that none is left of what is no longer measured.
  await rm(new URL('charts/', folder), { recursive: true, force: true })
  await mkdir(new URL('charts/', folder))
  await writeFile(new URL('results.json', folder), `${JSON.stringify(results, rounded, 2)}\n`)
  const groups = Object.values(results.groups)
  await writeFile(new URL('RESULTS.md', folder), pageOf({ ...results, groups }))
  for (const { sections } of groups) {
    for (const section of sections) await writeFile(new URL(`charts/${section.id}.svg`, folder), chartOf(section))
  }
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value
}

function print({ title, unit, rows }: Section): void {
  console.log(`\n${title} (${unit})`)
  for (const { name, value, ratio } of rows) {
    const spread = `${figure(value.median)} (${figure(value.low)} to ${figure(value.high)})`
    const against =
      ratio === undefined ? '' : `${figure(ratio.median)} × (${figure(ratio.low)} to ${figure(ratio.high)})`
    console.log(`  ${name.padEnd(28)}${spread.padEnd(36)}${against}`)
  }
}

const [option, name] = process.argv.slice(2)
if (option === '--group') await takeHere(name ?? '')
else await main(process.argv.slice(2))
