/** Options of a `describe` that needs a program: its tests are skipped, with the reason, where that is missing. */
export function needs(missing: string | undefined): { skip?: boolean; meta?: { skipReason: string } } {
  return missing === undefined ? {} : { skip: true, meta: { skipReason: missing } }
}
