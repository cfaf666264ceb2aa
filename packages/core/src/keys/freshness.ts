import type { ReplyFields } from './reply.js'

const shortest = 60

/** When a held set is to be refreshed, and until when it may be served. Moments are seconds of the `SteadyClock`. */
export interface Lifetime {
  /** When the fetch that brought it began: it is at least as old as that. */
  readonly fetchedAt: number
  /** From here on the next request starts a background refresh. Compared with `now() + lost`. */
  readonly refreshAt: number
  /** From here on it is stale. Compared with `now() + lost`. */
  readonly freshUntil: number
  /** From here on it is not served at all. Compared with `now()`. */
  readonly staleUntil: number
}

/**
 * Lays out a set's life: it is refreshed ahead once 80 % (± a tenth of that) of its freshness has passed, so that the
 * instances of an app do not all ask in the same second.
 *
 * @param fetchedAt when the fetch began
 * @param lost what the clock had lost by then
 * @param freshFor seconds of freshness
 * @param staleFor seconds that it may be served in all, if that is longer
 * @param random a number from 0 to 1
 */
export function lifetimeFrom(
  fetchedAt: number,
  lost: number,
  freshFor: number,
  staleFor: number,
  random: number,
): Lifetime {
  return {
    fetchedAt,
    refreshAt: fetchedAt + lost + freshFor * 0.8 * (0.9 + 0.2 * random),
    freshUntil: fetchedAt + lost + freshFor,
    staleUntil: fetchedAt + Math.max(freshFor, staleFor),
  }
}

/**
 * How long a set is fresh: as long as the part that is fresh for the shortest time.
 *
 * @param parts the header fields of each response that it came in
 * @param limit the configured `freshFor`, seconds
 * @returns seconds
 */
export function freshnessOfAll(parts: readonly ReplyFields[], limit: number): number {
  return Math.min(...parts.map((fields) => freshnessOf(fields, limit)))
}

/**
 * How long a response is fresh (RFC 9111 §4.2): its max-age less its Age, kept between 60 s and the limit. A response
 * that forbids caching gets the least, one that says nothing the limit.
 *
 * @param fields the response's header fields
 * @param limit the configured `freshFor`, seconds
 * @returns seconds
 */
export function freshnessOf(fields: ReplyFields, limit: number): number {
  const maxAge = maxAgeOf(fields.get('cache-control') ?? '')
  if (maxAge === undefined) return limit
  return Math.max(Math.min(shortest, limit), Math.min(limit, maxAge - ageOf(fields.get('age'))))
}

/** The smallest max-age given; 0 where it cannot be read or caching is forbidden (RFC 9111 §4.2.1, §5.2.2). */
function maxAgeOf(cacheControl: string): number | undefined {
  let maxAge: number | undefined
  for (const directive of cacheControl.replaceAll(/"[^"]*"/g, unquote).split(',')) {
    const [name = '', value = ''] = directive.split('=', 2).map((part) => part.trim().toLowerCase())
    if (name === 'no-store' || name === 'no-cache') return 0
    if (name === 'max-age')
      maxAge = Math.min(maxAge ?? Number.POSITIVE_INFINITY, /^\d+$/.test(value) ? Number(value) : 0)
  }
  return maxAge
}

/** A quoted argument without its quotes, and without commas that would look like the end of its directive. */
function unquote(quoted: string): string {
  return quoted.slice(1, -1).replaceAll(',', ' ')
}

function ageOf(age: string | null): number {
  return age !== null && /^\d+$/.test(age) ? Number(age) : 0
}
