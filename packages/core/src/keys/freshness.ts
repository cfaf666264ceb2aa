import type { ReplyFields } from './reply.js'

const shortest = 60

/** When a held set is due for a refresh, and until when it may be used. Moments are seconds of the `SteadyClock`. */
export interface Lifetime {
  /** When the fetch of the set began: the set is at least as old as that. */
  readonly fetchedAt: number
  /** From then on the next request starts a refresh in the background. Compared with `now() + lost`. */
  readonly refreshAt: number
  /** From then on the set is stale. Compared with `now() + lost`. */
  readonly freshUntil: number
  /** From then on the set is not used at all. Compared with `now()`. */
  readonly staleUntil: number
}

/**
 * Computes the moments of a set's life. A refresh is due when 80 % of its freshness has passed (± a tenth of that, at random), so
 * that the instances of an app do not all ask in the same second.
 *
 * @param fetchedAt when the fetch began
 * @param lost the clock's `lost` at that moment
 * @param freshFor seconds for which the set is fresh
 * @param staleFor seconds for which the set may be used in all, if that is longer
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
 * Gives how long a set is fresh: as long as its part with the shortest freshness.
 *
 * @param parts the header fields of each response that the set came from
 * @param limit the configured `freshFor`, seconds
 * @returns seconds
 */
export function freshnessOfAll(parts: readonly ReplyFields[], limit: number): number {
  return Math.min(...parts.map((fields) => freshnessOf(fields, limit)))
}

/**
 * Gives how long a response is fresh (RFC 9111 §4.2): its max-age minus its Age, but at least 60 s and at most the limit. A
 * response that forbids caching gets 60 s. One that says nothing gets the limit.
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

/** Gives the smallest max-age; 0 if it cannot be read or if caching is forbidden (RFC 9111 §4.2.1, §5.2.2). */
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

/** Removes the quotes of an argument, and its commas, which would look like the end of the directive. */
function unquote(quoted: string): string {
  return quoted.slice(1, -1).replaceAll(',', ' ')
}

function ageOf(age: string | null): number {
  return age !== null && /^\d+$/.test(age) ? Number(age) : 0
}
