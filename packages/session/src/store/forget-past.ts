/**
 * Deletes what has ended from a map of ids and ends, up to the first that has not. Entries are in the order in which they came,
 * and nearly all live equally long, so little that has ended stays.
 *
 * @param until the end of each id, in seconds since the epoch
 * @param now the present, in seconds since the epoch
 */
export function forgetPast(until: Map<string, number>, now: number): void {
  for (const [id, end] of until) {
    if (now < end) return
    until.delete(id)
  }
}
