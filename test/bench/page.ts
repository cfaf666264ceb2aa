import { judge } from './budgets.js'
import { figure } from './chart.js'
import type { Machine } from './machine.js'
import type { Section } from './section.js'

/** What a reader of the results must know before the charts. */
export interface Page {
  readonly machine: Machine
  readonly command: string
  readonly groups: readonly { readonly at: string; readonly sections: readonly Section[] }[]
}

/** The results as a page of Markdown beside the charts: where they come from, the budgets, every chart. */
export function pageOf({ machine, command, groups }: Page): string {
  const sections = groups.flatMap(({ sections: own }) => own)
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`)
  const dates = groups.map(({ at }) => at.slice(0, 10)).sort()
  return `# Measurements

Made by \`${command}\` on ${[...new Set([dates.at(0), dates.at(-1)])].join(' to ')}, and made anew by the same
command; \`${command} fastify hono\` measures these groups alone. The figures are in \`results.json\`.

- Machine: ${machine.processor}, ${machine.cores} cores, ${machine.memory}, ${machine.system}; requests by ${machine.load}.
- Node ${machine.node}; ${versions.join(', ')}.
- Candidates take turns of a few milliseconds (100 where requests are sent), so that what else a machine does falls on all
  of them alike; a ratio is the median of the rounds' own ratios, the bars are medians, the whiskers quartiles.
- Servers have one core, the load another, and V8's collector no helper threads on that one core. Each server process
  first does what any app has done by then, some turns of \`process.nextTick\` and one outgoing connection: on Node 20 a bare
  hello world that did neither is up to a third faster than the same with an empty plugin.

## Budgets

| what is measured | limit | measured | met |
| --- | --- | --- | --- |
${judge(sections)
  .map(({ what, limit, measured, met }) => `| ${what} | ${limit} | ${figure(measured)} | ${met ? 'yes' : 'no'} |`)
  .join('\n')}

## Charts

${sections.map(({ id, title }) => `![${title}](charts/${id}.svg)`).join('\n\n')}
`
}
