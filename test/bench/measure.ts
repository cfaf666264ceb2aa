/** Something to be timed. */
export interface Candidate {
  readonly name: string
  /** Makes ready, untimed, what `run` uses up: fresh strings, an empty cache. Called before each batch. */
  prepare?(calls: number): void | Promise<void>
  /** Makes so many calls, one after the other. */
  run(calls: number): void | Promise<void>
}

/** What came of one candidate: time per call in each round, in nanoseconds. */
export interface Series {
  readonly name: string
  readonly samples: readonly number[]
}

/** The middle of several samples with the quartiles around it. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

export interface RoundOptions {
  /** How many batches each candidate gets. Default 41. */
  readonly rounds?: number
  /** How long a batch is to take, in milliseconds. Default 5: shorter than the slice of time that a busy system gives. */
  readonly batch?: number
  /** Most calls in a batch, where `prepare` cannot make more. */
  readonly most?: number
}

/**
 * Times candidates in turn, a short batch of each in every round, so that whatever the machine does meanwhile falls on all of
 * them alike. Each round has an order of its own, because a batch also pays for the garbage of the one before: in a fixed order,
 * whoever followed the same candidate each time would measure 1 to 3 % too slow.
 */
export async function interleave(candidates: readonly Candidate[], options: RoundOptions = {}): Promise<Series[]> {
  const { rounds = 41, batch = 5, most = 1_000_000 } = options
  const calls: number[] = []
  for (const each of candidates) calls.push(await callsWithin(each, batch, most))
  const samples = candidates.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, each] of shuffled([...candidates.entries()])) {
      samples[index]?.push(await time(each, calls[index] ?? 1))
    }
  }
  return candidates.map(({ name }, index) => ({ name, samples: samples[index] ?? [] }))
}

/** The same in a random order (Fisher and Yates). */
function shuffled<T>(items: readonly T[]): T[] {
  const left = [...items]
  return items.map(() => left.splice(Math.floor(Math.random() * left.length), 1)[0] as T)
}

/** Warms a candidate up, and finds how many calls fill a batch. */
async function callsWithin(candidate: Candidate, batch: number, most: number): Promise<number> {
  let calls = Math.min(16, most)
  const until = performance.now() + 200
  for (;;) {
    const perCall = await time(candidate, calls)
    if (performance.now() > until) return Math.max(1, Math.min(most, Math.round((batch * 1e6) / perCall)))
    calls = Math.min(most, calls * 2, Math.max(16, Math.round((batch * 1e6) / perCall)))
  }
}

/** Nanoseconds per call. */
async function time(candidate: Candidate, calls: number): Promise<number> {
  await candidate.prepare?.(calls)
  const start = process.hrtime.bigint()
  const running = candidate.run(calls)
  if (running !== undefined) await running
  return Number(process.hrtime.bigint() - start) / calls
}

/** Median and quartiles. */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((a, b) => a - b)
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) }
}

/** The value below which this share of the sorted samples lies. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share
  const below = sorted[Math.floor(at)] ?? Number.NaN
  const above = sorted[Math.ceil(at)] ?? Number.NaN
  return below + (above - below) * (at - Math.floor(at))
}

/** How a series compares with another of the same rounds: round by round, since what disturbs one disturbs both. */
export function ratioOf(series: readonly number[], reference: readonly number[]): Spread {
  return spreadOf(series.map((sample, round) => sample / (reference[round] ?? Number.NaN)))
}
