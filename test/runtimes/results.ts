import { explained } from '../conformance/harness/explained.js'

/** What a run of the suite found of one runtime. */
export interface RuntimeRow {
  readonly runtime: string
  readonly version: string
  readonly frameworks: readonly string[]
  /** Tests of the conformance suite that passed, each with every framework. */
  readonly cases: number
  /** Tests of its WebSockets that passed, likewise. */
  readonly sockets: number
  /** Tests of the sessions' suite that passed, likewise. */
  readonly sessions: number
  /** Where sessions were kept. */
  readonly stores: string
  readonly failed: number
}

/** What a run of the examples found of one of them. */
export interface ExampleRow {
  readonly name: string
  /** What ran it, with its version. */
  readonly framework: string
  readonly passed: number
  readonly failed: number
}

/** What the last runs of the matrix found. */
export interface Results {
  readonly runtimes: readonly RuntimeRow[]
  readonly examples: readonly ExampleRow[]
}

/** The documents that have a table of the runs, between two marks: by path, what each then says. */
export function withTables(read: (path: string) => string, { runtimes, examples }: Results): Map<string, string> {
  const replaced = (path: string, mark: string, table: string): [string, string] => {
    const place = new RegExp(`(<!-- ${mark} -->\n)[\\s\\S]*?(<!-- /${mark} -->)`)
    return [path, read(path).replace(place, (_all, begin, end) => `${begin}${table}\n\n${end}`)]
  }
  return new Map([
    replaced('README.md', 'runtimes', runtimesTable(runtimes)),
    replaced('examples/fetch/README.md', 'examples', examplesTable(examples)),
  ])
}

const titles: Readonly<Record<string, string>> = {
  node: 'Node',
  node22: 'Node',
  node24: 'Node',
  node26: 'Node',
  bun: 'Bun',
  deno: 'Deno',
  workerd: 'workerd (Cloudflare Workers)',
}

const frameworks: Readonly<Record<string, string>> = {
  fastify: 'Fastify',
  express: 'Express',
  express4: 'Express 4',
  hono: 'Hono',
  fetch: 'Fetch',
  'nest-express': 'Nest on Express',
  'nest-fastify': 'Nest on Fastify',
}

/** A row for each runtime, a column for each framework: cases that passed, and how many of them differ and why is known. */
function runtimesTable(rows: readonly RuntimeRow[]): string {
  const columns = Object.keys(frameworks).filter((name) => rows.some((row) => row.frameworks.includes(name)))
  const lines = rows.map((row) => {
    const counts = columns.map((framework) => (row.frameworks.includes(framework) ? countOf(row, framework) : '—'))
    return [
      `${titles[row.runtime] ?? row.runtime} ${row.version}`,
      ...counts,
      `${row.sockets}`,
      `${row.sessions} (${row.stores})`,
    ]
  })
  return table(
    ['runtime', ...columns.map((name) => frameworks[name] ?? name), 'sockets, in each', 'sessions, in each'],
    lines,
  )
}

function countOf({ runtime, cases, failed }: RuntimeRow, framework: string): string {
  const known = explained.filter((each) => each.runtime === runtime && each.frameworks.includes(framework)).length
  const failures = failed === 0 ? '' : `, ${failed} failed`
  return `${cases}${known === 0 ? '' : `, ${known} explained`}${failures}`
}

function examplesTable(rows: readonly ExampleRow[]): string {
  const lines = rows.map(({ name, framework, passed, failed }) => {
    return [`[${name}](${name})`, framework, failed === 0 ? `${passed}` : `${passed}, ${failed} failed`]
  })
  return table(['example', 'run by', 'cases'], lines)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [head, head.map(() => '---'), ...rows].map(line).join('\n')
}
