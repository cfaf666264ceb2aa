import { ratioIn, type Section } from './section.js'

interface Budget {
  readonly section: string
  readonly row: string
  /** The reference's row in place of the section's own. */
  readonly against?: string
  readonly limit: number
  readonly kind: 'at most' | 'at least'
}

const verification = { HS256: 2.2, RS256: 1.15, PS256: 1.15, ES256: 1.08, EdDSA: 1.08 }

/** What the design promises, as ratios of one run. */
const budgets: readonly Budget[] = [
  { section: 'requests-fastify-seen', row: 'latchkey', limit: 0.96, kind: 'at least' },
  { section: 'requests-express-seen', row: 'latchkey', limit: 0.97, kind: 'at least' },
  { section: 'requests-hono-seen', row: 'latchkey', limit: 0.9, kind: 'at least' },
  { section: 'requests-hono-seen', row: 'latchkey', against: 'no-op middleware', limit: 0.96, kind: 'at least' },
  ...Object.entries(verification).map(([alg, limit]) => {
    return { section: `verify-${alg.toLowerCase()}`, row: 'latchkey', limit, kind: 'at most' as const }
  }),
  { section: 'cache-same-string', row: 'fast-jwt', limit: 8, kind: 'at least' },
  { section: 'cache-fresh-string', row: 'fast-jwt', limit: 2, kind: 'at least' },
  ...['hs256-first-seen', 'hs256-seen', 'rs256-first-seen', 'rs256-seen'].map((id) => {
    return { section: `scale-issuers-${id}`, row: '1000 issuers', limit: 1.2, kind: 'at most' as const }
  }),
  { section: 'scale-keys-first-seen', row: '50 keys', limit: 1.2, kind: 'at most' },
  { section: 'scale-keys-seen', row: '50 keys', limit: 1.2, kind: 'at most' },
  { section: 'scale-tokens-seen', row: '100000 tokens', limit: 1.2, kind: 'at most' },
  { section: 'scale-tokens-first-seen', row: '100000 tokens', limit: 1.2, kind: 'at most' },
  ...['forged', 'expired', 'malformed', 'malformed, 8 KiB', 'unknown kid', 'unknown issuer', 'none'].map((row) => {
    return { section: 'refusals', row, limit: 1, kind: 'at most' as const }
  }),
]

/** A budget beside what was measured. */
export interface Verdict {
  readonly what: string
  readonly measured: number
  readonly limit: string
  readonly met: boolean
}

/** The budgets whose sections were measured. */
export function judge(sections: readonly Section[]): readonly Verdict[] {
  return budgets.flatMap(({ section: id, row, against, limit, kind }) => {
    const section = sections.find((each) => each.id === id)
    if (section === undefined) return []
    const measured = ratioIn(section, row) / (against === undefined ? 1 : ratioIn(section, against))
    const met = kind === 'at most' ? measured <= limit : measured >= limit
    return [
      { what: `${section.title}: ${row} / ${against ?? section.reference}`, measured, limit: `${kind} ${limit}`, met },
    ]
  })
}
