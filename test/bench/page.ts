import { judge } from './budgets.js'
import { figure } from './chart.js'
import type { Machine } from './machine.js'
import { ratioIn, type Section } from './section.js'

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

${gains(sections)}

\`${command}\` made these measurements on ${[...new Set([dates.at(0), dates.at(-1)])].join(' to ')}. Run it to repeat them.
\`${command} fastify hono\` measures only these groups. The figures are in \`results.json\`.

- Machine: ${machine.processor}, ${machine.cores} cores, ${machine.memory}, ${machine.system}; requests by ${machine.load}.
- Node ${machine.node}; ${versions.join(', ')}.
- The candidates take turns of a few milliseconds (100 where requests are sent), so other work of the machine slows all of
  them equally. A ratio is the median of the ratios of all rounds. The bars are medians, the whiskers quartiles.
- The server runs on one core, the load on another. V8's garbage collector has no helper threads on the server's core. Each
  server process first does what any app has done by then: some turns of \`process.nextTick\` and one outgoing connection. On
  Node 20, a bare hello world that did neither is up to a third faster than the same with an empty plugin.

## Budgets

| what is measured | limit | measured | met |
| --- | --- | --- | --- |
${judge(sections)
  .map(({ what, limit, measured, met }) => `| ${what} | ${limit} | ${figure(measured)} | ${met ? 'yes' : 'no'} |`)
  .join('\n')}

## The peers

All libraries check the same: one algorithm, issuer and audience. Each is set up as its own documentation shows, with its cache if it has one.

${peers.map((line) => `- ${line}`).join('\n')}

## Charts

${sections.map(({ id, title }) => `![${title}](charts/${id}.svg)`).join('\n\n')}
`
}

/** What a user gains, in words and three ratios of times. Beside a process that keeps a core busy, each changes by less than 0.03. */
function gains(sections: readonly Section[]): string {
  const guard = ratioOf(sections, 'requests-fastify-seen-cpu', 'latchkey', 'no-op hook')
  const peer = ratioOf(sections, 'cache-fresh-string', 'latchkey', 'fast-jwt')
  const first = ratioOf(sections, 'verify-rs256', 'latchkey', 'node:crypto')
  return `A token that was seen before costs next to nothing: on Fastify, a request behind a guard takes ${figure(guard)} times the processor
time of one behind a hook that does nothing. The token itself takes ${figure(peer)} times as long as with \`fast-jwt\` and its cache. A new
RS256 token costs ${figure(first)} times its bare signature check. The table of budgets says which are not met.`
}

function ratioOf(sections: readonly Section[], id: string, row: string, against: string): number {
  const section = sections.find((each) => each.id === id)
  return section === undefined ? Number.NaN : ratioIn(section, row) / ratioIn(section, against)
}

const peers: readonly string[] = [
  '`@fastify/jwt`: `{ secret: { public: pem }, verify: { algorithms, allowedIss, allowedAud, cache } }`, where it says cached with room for 10,000 tokens',
  '`fastify-jwt-jwks`: `{ jwksUrl, issuer, audience }`; it keeps the keys',
  '`express-jwt`: `{ secret: key, algorithms, issuer, audience }`, the key imported once',
  '`express-oauth2-jwt-bearer`: `{ issuer, audience, jwksUri }`; it keeps the keys',
  '`hono/jwk`: `{ keys, alg, verification: { iss, aud } }`; where it says fetching `jwks_uri` in place of the keys, which it fetches at each request',
  '`hono/jwt`: `{ secret: pem, alg, verification: { iss, aud } }`',
  '`fast-jwt`: `{ key, algorithms, allowedIss, allowedAud }`; beside remembered tokens with `cache: 10_000`',
  '`jsonwebtoken`: `verify(token, key, { algorithms, issuer, audience })`, the key imported once',
  '`aws-jwt-verify`: `JwtVerifier.create({ issuer, audience })` with its keys given beforehand, `verifySync`',
  '`jose`: `jwtVerify(token, key, { algorithms, issuer, audience })`, the key imported once',
]
