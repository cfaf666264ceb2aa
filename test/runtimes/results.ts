import { explained } from '../conformance/harness/explained.js'

/** What a run of the matrix found of one runtime. */
export interface Row {
  readonly runtime: string
  readonly frameworks: readonly string[]
  /** Cases of the conformance suite that passed, each of them with every framework. */
  readonly cases: number
  /** Cases of the sessions' suite that passed, likewise. */
  readonly sessions: number
  readonly failed: number
}

/** A document with the table of the runs between its two marks. */
export function withTable(document: string, rows: readonly Row[]): string {
  return document.replace(/(<!-- runtimes -->\n)[\s\S]*?(<!-- \/runtimes -->)/, (_all, begin, end) => {
    return `${begin}\n${tableOf(rows)}\n\n${end}`
  })
}

const titles: Readonly<Record<string, string>> = {
  node: 'Node 20',
  node22: 'Node 22',
  node24: 'Node 24',
  node26: 'Node 26',
  bun: 'Bun',
  deno: 'Deno',
  workerd: 'workerd (Cloudflare Workers)',
}

function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const { runtime, frameworks, cases, sessions, failed } = row
    const differences = explained.filter((each) => each.runtime === runtime).length
    const others = failed === 0 ? `${differences}` : `${differences}, and ${failed} failures`
    return `| ${titles[runtime] ?? runtime} | ${frameworks.join(', ')} | ${cases} | ${sessions} | ${others} |`
  })
  const head = '| runtime | frameworks | cases, in each | of sessions | explained differences |'
  return [head, '| --- | --- | --- | --- | --- |', ...lines].join('\n')
}
