import { ratioIn, type Section } from './section.js'

interface Budget {
  readonly section: string
  /** Its median against the section's reference. */
  readonly row: string
  /** The reference's row in place of the section's own. */
  readonly against?: string
  readonly limit: number
  readonly kind: 'at most' | 'at least'
}

/** Where Latchkey stands against every peer of a section: requests per second and time per call alike. */
interface AheadOfPeers {
  readonly section: string
  /** Rows that are no peers. */
  readonly twins: readonly string[]
}

const noOp = { fastify: 'no-op hook', express: 'no-op middleware', hono: 'no-op middleware' }
const bare = { fastify: 0.94, express: 0.94, hono: 0.88 }
const frameworks = ['fastify', 'express', 'hono'] as const
const verification = { HS256: 2.3, RS256: 1.2, PS256: 1.2, ES256: 1.08, EdDSA: 1.08 }
const refused = ['forged', 'expired', 'malformed', 'malformed, 8 KiB', 'unknown kid', 'unknown issuer', 'none']

/** What is promised, as ratios of one run. */
const budgets: readonly Budget[] = [
  ...frameworks.flatMap((framework): Budget[] => {
    const section = `requests-${framework}-seen`
    return [
      { section, row: 'latchkey', against: noOp[framework], limit: 0.97, kind: 'at least' },
      { section, row: 'latchkey', limit: bare[framework], kind: 'at least' },
    ]
  }),
  ...Object.entries(verification).map(([alg, limit]) => atMost(`verify-${alg.toLowerCase()}`, 'latchkey', limit)),
  atMost('remembered', 'revoked', 1),
  atMost('remembered', 'unsure', 1),
  atMost('proofs', 'latchkey', 1.25),
  ...['signature bad', 'of another request', 'of another key', 'no JWS'].map((row) => {
    return { ...atMost('proofs', row, 1), against: 'latchkey' }
  }),
  { section: 'working-set', row: '20 one-time tokens a request', limit: 0.95, kind: 'at least' },
  ...['hs256-first-seen', 'hs256-seen', 'rs256-first-seen', 'rs256-seen'].map((id) =>
    atMost(`scale-issuers-${id}`, '1000 issuers', 1.2),
  ),
  atMost('scale-keys-first-seen', '50 keys', 1.2),
  atMost('scale-keys-seen', '50 keys', 1.2),
  atMost('scale-tokens-seen', '100000 tokens', 1.2),
  atMost('scale-tokens-first-seen', '100000 tokens', 1.2),
  ...refused.map((row) => atMost('refusals', row, 1)),
]

const races: readonly AheadOfPeers[] = [
  ...frameworks.flatMap((framework) =>
    ['seen', 'first-seen'].map((kind) => {
      return { section: `requests-${framework}-${kind}`, twins: ['unguarded', noOp[framework]] }
    }),
  ),
  ...Object.keys(verification).map((alg) => ({ section: `verify-${alg.toLowerCase()}`, twins: ['node:crypto'] })),
  { section: 'cache-same-string', twins: [] },
  { section: 'cache-fresh-string', twins: [] },
]

function atMost(section: string, row: string, limit: number): Budget {
  return { section, row, limit, kind: 'at most' }
}

/** A budget beside what was measured. */
export interface Verdict {
  readonly what: string
  readonly measured: number
  readonly limit: string
  readonly met: boolean
}

/** The budgets whose sections were measured. */
export function judge(sections: readonly Section[]): readonly Verdict[] {
  const find = (id: string) => sections.filter((section) => section.id === id)
  return [
    ...budgets.flatMap((budget) => find(budget.section).map((section) => judgeRatio(section, budget))),
    ...races.flatMap(({ section: id, twins }) => find(id).map((section) => judgeRace(section, twins))),
  ]
}

function judgeRatio(section: Section, { row, against, limit, kind }: Budget): Verdict {
  const measured = ratioIn(section, row) / (against === undefined ? 1 : ratioIn(section, against))
  const met = kind === 'at most' ? measured <= limit : measured >= limit
  return {
    what: `${section.title}: ${row} / ${against ?? section.reference}`,
    measured,
    limit: `${kind} ${limit}`,
    met,
  }
}

/** Against the best of the peers: how many times as fast Latchkey is. */
function judgeRace(section: Section, twins: readonly string[]): Verdict {
  const own = ratioIn(section, 'latchkey')
  const peers = section.rows.filter(({ name }) => name !== 'latchkey' && !twins.includes(name))
  const leads = peers.map(({ name }) => ({ name, lead: leadOver(ratioIn(section, name), own, section) }))
  const { name, lead } = leads.reduce((least, each) => (each.lead < least.lead ? each : least))
  return {
    what: `${section.title}: as fast as the best peer (${name})`,
    measured: lead,
    limit: 'over 1',
    met: lead > 1,
  }
}

function leadOver(peer: number, own: number, { better }: Section): number {
  return better === 'more' ? own / peer : peer / own
}
